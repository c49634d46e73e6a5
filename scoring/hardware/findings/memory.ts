import type { Finding } from '../../../protocol/messages/hardware.js';
import { finding } from '../finding.js';
import type { KnownHardware, KnownMemory, KnownModel } from '../known.js';
import type { CardView } from '../view.js';

/**
 * The total of the memory against the model's boards. Judged for models of the catalogue only: others earn nothing by what
 * they say of themselves. It takes a name: the PCI id of a guest's share is that of the whole board. A card that is split may
 * report less, and never more.
 */
export function memoryAgainstModel(
  { card, at, host, name, models, isVgpu, isMig, claimed }: CardView,
  known: KnownHardware,
): Finding[] {
  const total = card.memoryMiB;
  const sized = models.filter(({ sizesMiB }) => sizesMiB.length > 0);
  if (total === null || name === null || isVgpu || sized.length === 0) return [];
  const isPart = isMig || claimed === 'slice';
  const onWindows = host.wsl || host.os === 'windows';
  const windows = sized.flatMap((model) => windowsOf(model, known.memory, onWindows));
  const fits = windows.some(([least, most]) => total <= most && (isPart || total >= least));
  if (fits) return [];
  return [
    finding('hardware.memory-mismatch', 'evidence', at, {
      name: card.name,
      totalMiB: total,
      boardsMiB: [...new Set(sized.flatMap(({ sizesMiB }) => sizesMiB))].join(', '),
    }),
  ];
}

/**
 * The least total, MiB, that a driver reports of a whole board of the model; null where that is not judged: what is not listed, and
 * what the card has no name for.
 */
export function leastOfWhole({ name, models, host }: CardView, { memory }: KnownHardware): number | null {
  const sized = models.filter(({ sizesMiB }) => sizesMiB.length > 0);
  if (name === null || sized.length === 0) return null;
  const onWindows = host.wsl || host.os === 'windows';
  return Math.min(...sized.flatMap((model) => windowsOf(model, memory, onWindows)).map(([least]) => least));
}

/** What drivers may report of a board of the model, MiB: whole, less its error correction, or a part of it. */
function windowsOf(
  model: KnownModel,
  memory: KnownMemory,
  onWindows: boolean,
): [least: number, most: number][] {
  const inline = model.die === null || !memory.hbm.includes(model.die);
  const shares = model.vendor === 'nvidia' && inline ? [1, 1 - memory.eccShare] : [1];
  const wholes = [...model.sizesMiB, ...(model.totalMiB === null ? [] : [model.totalMiB])];
  const boards = wholes.flatMap((size) => shares.map((share) => size * share));
  const all = [...boards, ...model.partitions.flatMap((parts) => boards.map((size) => size / parts))];
  return all.map((size) => [
    size * (1 - memory.keptShare - (onWindows ? memory.windowsShare : 0)) - memory.keptMiB,
    size * (1 + memory.overShare),
  ]);
}
