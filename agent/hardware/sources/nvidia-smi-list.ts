import { limits } from '../../../protocol/limits.js';
import type { RawCard, Source, SourceFacts } from '../source.js';
import { idsOf, uuidFormOf } from './card-ids.js';
import { maxSlices } from './nvidia-smi.js';
import { idOf, textOf } from './values.js';

/** One slice of a GPU, as the list of NVIDIA's tool names it. */
export interface MigDevice {
  /** Of the GPU that it is a part of; null where the list doesn't say. */
  readonly gpuUuid: string | null;
  /** Such as `1g.10gb`. */
  readonly profile: string;
  /** `MIG-…`, by which programs ask for it; null where it is masked. */
  readonly uuid: string | null;
  /** Of the GPU. */
  readonly name: string | null;
}

/** The list of cards and of their slices, with the slices' names and ids, which the long report has not. */
export const nvidiaSmiList: Source = {
  name: 'nvidia-smi-list',
  extension: 'txt',
  platforms: ['linux', 'win32'],
  origins: [
    { command: ['nvidia-smi', '-L'] },
    { command: ['/usr/lib/wsl/lib/nvidia-smi', '-L'] },
    { command: ['C:\\Windows\\System32\\nvidia-smi.exe', '-L'] },
    { command: ['C:\\Program Files\\NVIDIA Corporation\\NVSMI\\nvidia-smi.exe', '-L'] },
  ],
  isOf: (text) => /^GPU \d+: .*\(UUID: /m.test(text),
  parse,
};

function parse(text: string): SourceFacts | null {
  const gpus = gpusIn(text);
  return gpus.length === 0 ? null : { cards: gpus.slice(0, limits.cards).map(cardOf) };
}

/** All slices of all cards, in the order of the list. Pure, and never throws. */
export const migDevicesOf = (text: string): MigDevice[] =>
  gpusIn(text).flatMap(({ name, uuid, slices }) =>
    slices.map(({ profile, uuid: own }) => ({
      gpuUuid: idOf(uuid),
      profile,
      uuid: idOf(own),
      name: textOf(name),
    })),
  );

interface ListedGpu {
  readonly name: string;
  readonly uuid: string;
  readonly slices: { readonly profile: string; readonly uuid: string }[];
}

/** Longer lines are none of the tool's. */
const maxLine = 512;

function gpusIn(text: string): ListedGpu[] {
  const gpus: ListedGpu[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line.length > maxLine) continue;
    const [, name, uuid] = /^GPU \d+: (.*?)\s*\(UUID: ([^)]*)\)/.exec(line) ?? [];
    if (name !== undefined && uuid !== undefined) gpus.push({ name, uuid, slices: [] });
    const [, profile, own] = /^\s*MIG (\S+)\s+Device\s+\d+:\s*\(UUID: ([^)]*)\)/.exec(line) ?? [];
    if (profile !== undefined && own !== undefined) gpus.at(-1)?.slices.push({ profile, uuid: own });
  }
  return gpus;
}

function cardOf({ name, uuid, slices }: ListedGpu): RawCard {
  const listed = slices.slice(0, maxSlices);
  return {
    name: textOf(name),
    // Without slices it may have been split and nothing made of it yet.
    ...(listed.length > 0 && { mig: true }),
    migSlices: listed.map(({ profile }) => ({ profile: textOf(profile), memoryMiB: null, sms: null })),
    uuidForm: uuidFormOf(uuid),
    ids: [uuid, ...listed.map((slice) => slice.uuid)].flatMap((value) => idsOf({ 'gpu-uuid': value })),
  };
}
