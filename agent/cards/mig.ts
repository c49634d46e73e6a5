import { limits } from '../../protocol/limits.js';
import { nvidiaSmi } from '../hardware/sources/nvidia-smi.js';
import { migDevicesOf } from '../hardware/sources/nvidia-smi-list.js';
import type { NvidiaGpu } from './nvidia-gpu.js';

/** UUIDs of the GPUs that are split, in what `nvidia-smi --query-gpu=uuid,mig.mode.current` prints; lower case. */
export function splitIds(modes: string): ReadonlySet<string> {
  const lines = modes
    .split(/\r?\n/)
    .map((line) => line.split(',').map((value) => value.trim().toLowerCase()));
  return new Set(lines.flatMap(([uuid, mode]) => (uuid && mode === 'enabled' ? [uuid] : [])));
}

/** The machine's processor and one more have their place beside them. */
const most = limits.cards - 2;

/**
 * The cards to claim where some are split: their slices in place of them. A GPU that is split and has no slices is none, since
 * nothing runs on it. All else stays as it is.
 *
 * @param split UUIDs of the GPUs with MIG on
 * @param list what `nvidia-smi -L` prints: names and ids of slices
 * @param report what `nvidia-smi -q -x` prints: their memory
 */
export function withSlices(
  gpus: readonly NvidiaGpu[],
  split: ReadonlySet<string>,
  list: string,
  report: string,
): NvidiaGpu[] {
  const devices = migDevicesOf(list);
  const reported = nvidiaSmi.parse(report)?.cards ?? [];
  const claimed = gpus.flatMap((gpu) => {
    const uuid = gpu.hardwareId?.toLowerCase();
    if (uuid === undefined || !split.has(uuid)) return [gpu];
    const own = devices.filter((device) => device.gpuUuid?.toLowerCase() === uuid);
    const card = reported.find(({ ids }) => ids.some(({ value }) => value.toLowerCase() === uuid));
    const memory = card?.migSlices?.map(({ memoryMiB }) => memoryMiB) ?? [];
    return own.map(({ profile, uuid: id }, at): NvidiaGpu => {
      // The report numbers them as the list does. One that is not of it has no figures.
      const mebibytes = memory.length === own.length ? (memory[at] ?? 0) : 0;
      const { hardwareId: _, ...rest } = gpu;
      return {
        ...rest,
        model: `${gpu.model.slice(0, limits.textLength - 32)} MIG ${profile.slice(0, 24)}`,
        memoryBytes: mebibytes * 2 ** 20,
        ...(id !== null && { hardwareId: id }),
        slice: true,
      };
    });
  });
  return claimed.slice(0, most);
}
