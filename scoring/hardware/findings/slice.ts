import type { Finding } from '../../../protocol/messages/hardware.js';
import { finding } from '../finding.js';
import type { KnownHardware } from '../known.js';
import { namesVgpu } from '../slices.js';
import type { CardView } from '../view.js';
import { leastOfWhole } from './memory.js';

/**
 * A card that says of itself that it is a part: split in hardware (MIG), a guest's share (vGPU), or made smaller by software. Claimed
 * as a whole one it is refused; claimed as what it is, or not claimed at all, it is honest.
 */
export function slices(view: CardView, known: KnownHardware): Finding[] {
  const kinds = [...mig(view), ...vgpu(view), ...software(view, known)];
  const [first] = kinds;
  if (first === undefined) return [];
  if (view.claimed !== 'whole') return [finding('hardware.slice-reported', 'note', view.at, first.evidence)];
  const claimed = view.claim?.model ?? view.card.name;
  return kinds.map(({ code, severity, evidence }) =>
    finding(code, severity, view.at, { claimed, ...evidence }),
  );
}

interface SliceKind {
  readonly code: 'hardware.slice-mig' | 'hardware.slice-vgpu' | 'hardware.slice-software';
  readonly severity: 'evidence' | 'refusal';
  readonly evidence: Finding['evidence'];
}

const mig = ({ card, isMig }: CardView): SliceKind[] =>
  isMig
    ? [
        {
          code: 'hardware.slice-mig',
          severity: 'refusal',
          evidence: { mig: 'on', slices: card.migSlices.length },
        },
      ]
    : [];

const vgpu = ({ card, isVgpu }: CardView): SliceKind[] =>
  isVgpu
    ? [
        {
          code: 'hardware.slice-vgpu',
          severity: 'refusal',
          evidence: {
            virtualization: card.virtualization,
            profile: namesVgpu(card.name ?? '') ? card.name : null,
          },
        },
      ]
    : [];

/**
 * Software that gives out parts of what NVIDIA's driver gives. That it runs convicts nobody: schedulers set limits to whole cards too,
 * and a variable alone does nothing. It is a slice by its own word where the card itself reports less memory than any board of its
 * model has, as such software makes it do; where a limit is told and the card looks whole, exams decide.
 */
function software(view: CardView, known: KnownHardware): SliceKind[] {
  const { card, host } = view;
  if (card.source !== 'nvidia-smi' && card.source !== 'proc-nvidia') return [];
  const least = leastOfWhole(view, known);
  const isLess = least !== null && card.memoryMiB !== null && card.memoryMiB < least;
  const { hooks, sharers } = known.software.slicers;
  const said = [...new Set([...host.slicing, ...host.preloads.map(baseOf)])];
  const isLimit = (trace: string) => host.slicing.includes(trace) && !hooks.includes(trace);
  const limiting = said.filter(
    (trace) => sharers.includes(trace) || (isLimit(trace) && !givesAll(trace, least)),
  );
  const traces = isLess && limiting.length === 0 ? said.filter((trace) => hooks.includes(trace)) : limiting;
  if (traces.length === 0) return [];
  return [
    {
      code: 'hardware.slice-software',
      severity: isLess ? 'refusal' : 'evidence',
      evidence: {
        traces: traces.slice(0, 3).join(', '),
        totalMiB: card.memoryMiB,
        wholeMiB: least === null ? null : Math.round(least),
      },
    },
  ];
}

/** Whether a limit on memory, `NAME=8192m`, leaves the whole board; one of a model that is not listed is held against nobody. */
function givesAll(trace: string, least: number | null): boolean {
  const sizes = (/^\w+=(.*)$/.exec(trace)?.[1] ?? '').split(',').flatMap((text) => mebibytes(text) ?? []);
  return sizes.length > 0 && (least === null || Math.min(...sizes) >= least);
}

function mebibytes(text: string): number | null {
  const [, digits, unit = ''] = /(\d+)([kmg]?)b?$/i.exec(text.trim()) ?? [];
  const scale = { k: 2 ** -10, m: 1, g: 2 ** 10 }[unit.toLowerCase()] ?? 2 ** -20;
  return digits === undefined ? null : Number(digits) * scale;
}

const baseOf = (path: string): string => path.split('/').at(-1) ?? path;
