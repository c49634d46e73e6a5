import type { Finding } from '../../../protocol/messages/hardware.js';
import { finding } from '../finding.js';
import type { KnownHardware } from '../known.js';
import { namesVgpu } from '../slices.js';
import type { CardView } from '../view.js';

/**
 * A card that says of itself that it is a part: split in hardware (MIG), a guest's share (vGPU), or limited by software. Claimed
 * as a whole one it is refused; claimed as what it is, or not claimed at all, it is honest.
 */
export function slices(view: CardView, known: KnownHardware): Finding[] {
  const kinds = [...mig(view), ...vgpu(view), ...software(view, known)];
  const [first] = kinds;
  if (first === undefined) return [];
  if (view.claimed !== 'whole') return [finding('hardware.slice-reported', 'note', view.at, first.evidence)];
  const claimed = view.claim?.model ?? view.card.name;
  return kinds.map(({ code, evidence }) => finding(code, 'refusal', view.at, { claimed, ...evidence }));
}

interface SliceKind {
  readonly code: 'hardware.slice-mig' | 'hardware.slice-vgpu' | 'hardware.slice-software';
  readonly evidence: Finding['evidence'];
}

const mig = ({ card, isMig }: CardView): SliceKind[] =>
  isMig ? [{ code: 'hardware.slice-mig', evidence: { mig: 'on', slices: card.migSlices.length } }] : [];

const vgpu = ({ card, isVgpu }: CardView): SliceKind[] =>
  isVgpu
    ? [
        {
          code: 'hardware.slice-vgpu',
          evidence: {
            virtualization: card.virtualization,
            profile: namesVgpu(card.name ?? '') ? card.name : null,
          },
        },
      ]
    : [];

/** Software slices what a driver of NVIDIA's gives: cards that another tool reports are whole. */
function software({ card, host }: CardView, { software: { slicers } }: KnownHardware): SliceKind[] {
  const traces = [
    ...new Set([...host.slicing, ...host.preloads.filter((name) => slicers.includes(baseOf(name)))]),
  ];
  const affected = card.source === 'nvidia-smi' || card.source === 'proc-nvidia';
  if (traces.length === 0 || !affected) return [];
  return [{ code: 'hardware.slice-software', evidence: { traces: traces.slice(0, 3).join(', ') } }];
}

const baseOf = (path: string): string => path.split('/').at(-1) ?? path;
