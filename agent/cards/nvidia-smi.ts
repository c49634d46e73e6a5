import { limits } from '../../protocol/limits.js';
import { askOrigin } from '../hardware/run-origin.js';
import { splitIds, withSlices } from './mig.js';
import type { NvidiaGpu } from './nvidia-gpu.js';

/** Known to every driver since 2014. The name stands last, so that one with a comma would not shift the others. */
const fields = 'uuid,driver_version,memory.total,pci.bus_id,name';

/** Where it lies when it is not on the path: WSL2 mounts the host's. */
const programs = ['nvidia-smi', '/usr/lib/wsl/lib/nvidia-smi'];

/**
 * NVIDIA GPUs, as the driver's own tool reports them; none where there is no driver, no tool, or no answer in 20 s
 * (a GPU that fell off the bus can hang it).
 */
export async function findNvidiaGpus(): Promise<NvidiaGpu[]> {
  const text = await queryNvidiaSmi(fields);
  const gpus = text === null ? [] : parseNvidiaSmi(text);
  if (gpus.length === 0) return [];
  // Asked for itself: drivers of before MIG refuse a query with a field that they don't know.
  const modes = await queryNvidiaSmi('uuid,mig.mode.current');
  const split = splitIds(modes ?? '');
  if (split.size === 0) return gpus;
  const [list, report] = await Promise.all([runNvidiaSmi(['-L']), runNvidiaSmi(['-q', '-x'])]);
  return withSlices(gpus, split, list ?? '', report ?? '');
}

/**
 * What the tool prints of each GPU, one line each.
 * @param queried names of `nvidia-smi --help-query-gpu`, with commas
 * @param hardwareId of the only GPU to ask about
 * @returns null where there is no driver, no tool, or no answer in 20 s
 */
export async function queryNvidiaSmi(queried: string, hardwareId?: string): Promise<string | null> {
  const args = [`--query-gpu=${queried}`, '--format=csv,noheader,nounits'];
  if (hardwareId !== undefined) args.push(`--id=${hardwareId}`);
  return await runNvidiaSmi(args);
}

/** What is printed counts though the tool calls it a failure, as it does where a card's own notes are damaged. */
async function runNvidiaSmi(args: readonly string[]): Promise<string | null> {
  let warned: string | null = null;
  for (const program of programs) {
    const { text, unread } = await askOrigin({ command: [program, ...args] });
    if (text !== undefined && unread === undefined) return text;
    warned ??= text ?? null;
  }
  return warned;
}

/**
 * The cards in what `nvidia-smi --query-gpu=uuid,driver_version,memory.total,pci.bus_id,name --format=csv,noheader,nounits`
 * prints. A line that is not of that form is a message of the tool, not a card.
 *
 * @param text one line for each GPU: uuid, driver, MiB, place on the bus, name. A value that the driver does not know reads
 *   `[N/A]`, `[Not Supported]` or another text in brackets.
 */
export function parseNvidiaSmi(text: string): NvidiaGpu[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [uuid, driver, memory, bus, ...name] = line.split(',').map((value) => value.trim());
    const model = known(name.join(', '));
    if (!model || uuid === undefined || driver === undefined || memory === undefined || bus === undefined)
      return [];
    const hardwareId = known(uuid);
    const version = known(driver);
    const card: NvidiaGpu = {
      kind: 'gpu',
      model,
      vendor: 'NVIDIA',
      memoryBytes: /^\d{1,9}$/.test(memory) ? Number(memory) * 2 ** 20 : 0,
      ...(hardwareId && { hardwareId }),
      ...(version && { driver: version }),
      ...(/^[0-9a-f]{8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/i.test(bus) && { pciBusId: bus }),
    };
    return [card];
  });
}

/** The value, or nothing for the tool's many ways to say that it has none. */
function known(value: string): string | undefined {
  if (value === '' || /^\[.*\]$/.test(value) || value === 'N/A') return undefined;
  return value.slice(0, limits.textLength);
}
