import type { SweepFact, SweepReservedFact } from '../facts/sweep.js';
import { type Placed, seconds } from './placed.js';

export function sweepRow([fact, position]: Placed<SweepReservedFact | SweepFact>): object {
  const { id, sweep, kind, at, sweepKind: sweep_kind, chain, index: place } = fact;
  const row = { id, sweep, kind, sweep_kind, at: seconds(at), position, chain, place };
  if (fact.kind === 'sweep.reserved') return row;
  return {
    ...row,
    part: fact.part,
    started_at: seconds(fact.startedAt),
    cards: fact.members.length,
    compute_p99_ms: fact.spread.compute?.p99Ms ?? null,
    memory_p99_ms: fact.spread.memory?.p99Ms ?? null,
  };
}

/** One row for each card. */
export const sweepMemberRows = ([fact]: Placed<SweepFact>): object[] =>
  fact.members.map(({ device, card, exam, computeGoMs, memoryGoMs }) => ({
    id: fact.id,
    sweep: fact.sweep,
    sweep_kind: fact.sweepKind,
    at: seconds(fact.at),
    device,
    card,
    exam,
    compute_go_ms: computeGoMs,
    memory_go_ms: memoryGoMs,
  }));
