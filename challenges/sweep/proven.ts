import type { SweepDocumentMember } from '../../protocol/messages/sweep.js';

/** What the figure is counted by. */
type Counted = Pick<
  SweepDocumentMember,
  'device' | 'card' | 'kind' | 'hardware' | 'outcome' | 'compute' | 'memory' | 'computeGoMs' | 'memoryGoMs'
>;

/**
 * GPUs proven at the same instant: distinct GPUs of which both parts were asked with all others at one instant, at the first
 * asking, and passed. Cards that claim one hardware id count once.
 */
export function provenTogether(members: readonly Counted[]): number {
  const proven = members.filter(
    ({ kind, outcome, compute, memory, computeGoMs, memoryGoMs }) =>
      kind === 'gpu' &&
      outcome === 'passed' &&
      compute?.attempts === 1 &&
      memory?.attempts === 1 &&
      computeGoMs !== null &&
      memoryGoMs !== null,
  );
  return new Set(proven.map(({ device, card, hardware }) => hardware ?? `${device}/${card}`)).size;
}
