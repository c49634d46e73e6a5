import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FoundCard } from './found-card.js';
import { queryNvidiaSmi } from './nvidia-smi.js';

/**
 * How busy a card is with what runs on it, in the second after it is asked: 0 to 1, null where that can't be told. May
 * reject, and take some seconds.
 */
export type CardLoad = () => Promise<number | null>;

/** A driver counts over up to a second. After that long, what ran before the question is in no figure. */
const windowMs = 1000;

/** The load of a card; nothing where this system has no tool that tells it. */
export function loadOf({ kind, vendor, hardwareId }: FoundCard): CardLoad | undefined {
  // A software device computes on the processor.
  if (kind !== 'gpu') return processorLoad;
  // The driver doesn't count for a slice.
  if (hardwareId?.startsWith('MIG-')) return undefined;
  return vendor === 'NVIDIA' && hardwareId !== undefined ? () => nvidiaLoad(hardwareId) : undefined;
}

async function nvidiaLoad(hardwareId: string): Promise<number | null> {
  await sleep(windowMs);
  return parseUtilization((await queryNvidiaSmi('utilization.gpu', hardwareId)) ?? '');
}

/**
 * The share in what `nvidia-smi --query-gpu=utilization.gpu --format=csv,noheader,nounits --id=…` prints.
 * @param text one line with whole percents; `[N/A]` and the like where the driver does not count, as for a part of a card
 */
export function parseUtilization(text: string): number | null {
  const [, percent] = /^\s*(\d{1,3})\s*$/.exec(text) ?? [];
  return percent === undefined || Number(percent) > 100 ? null : Number(percent) / 100;
}

async function processorLoad(): Promise<number | null> {
  const before = cpus();
  await sleep(windowMs);
  return busyShare(before, cpus());
}

/** Times that each core has spent, milliseconds since it started; as `os.cpus()` gives them. */
export interface CoreTimes {
  readonly times: Readonly<Record<'user' | 'nice' | 'sys' | 'idle' | 'irq', number>>;
}

/** The busy share of the time between two readings of all cores; null where no time has passed. */
export function busyShare(before: readonly CoreTimes[], after: readonly CoreTimes[]): number | null {
  const [first, last] = [sumOf(before), sumOf(after)];
  const all = last.all - first.all;
  if (all <= 0) return null;
  return Math.min(1, Math.max(0, 1 - (last.idle - first.idle) / all));
}

function sumOf(cores: readonly CoreTimes[]): { readonly all: number; readonly idle: number } {
  let all = 0;
  let idle = 0;
  for (const { times } of cores) {
    all += times.user + times.nice + times.sys + times.idle + times.irq;
    idle += times.idle;
  }
  return { all, idle };
}
