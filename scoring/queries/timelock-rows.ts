import type { LeaseMovedFact, LeaseWitnessedFact } from '../facts/lease.js';
import type { OfflineFact, ProbeFact } from '../facts/timelock.js';
import { type Placed, seconds } from './placed.js';

// Rows of the tables of migration 0004, by the names of their columns.

export function probeRow([fact, position]: Placed<ProbeFact>): object {
  return {
    id: fact.id,
    device: fact.device,
    card: fact.card,
    probe: fact.probe,
    at: seconds(fact.at),
    position,
    transcript: fact.transcript,
    entry: fact.index,
    tag: fact.tag,
    purpose: fact.purpose,
    rounds: fact.rounds,
    outcome: fact.outcome,
    code: fact.code,
    walkers_opened: fact.openings.length,
    walkers_right: fact.walkersRight,
    elapsed_ms: fact.elapsedMs,
    round_trip_ms: fact.roundTripMs,
    lag_ms: fact.lagMs,
    deadline_ms: fact.deadlineMs,
    baseline_ms: fact.baselineMs,
    load: fact.load,
  };
}

const noEntry = { transcript: '', index: 0, tag: '0'.repeat(64) } as const;

/** One row for each card. */
export function offlineRows([fact, position]: Placed<OfflineFact>): object[] {
  return fact.cards.map(({ card, creditedMs, opened, right, code, entry }) => {
    const { transcript, index, tag } = entry ?? noEntry;
    return {
      id: fact.id,
      device: fact.device,
      card,
      at: seconds(fact.at),
      position,
      outage_from: fact.from,
      outage_to: fact.to,
      links: fact.links,
      squarings: fact.squarings,
      squarings_per_second: fact.squaringsPerSecond,
      credited_ms: creditedMs,
      code,
      walkers_opened: opened,
      walkers_right: right,
      transcript,
      entry: index,
      tag,
    };
  });
}

export function leaseRow([fact, position]: Placed<LeaseMovedFact | LeaseWitnessedFact>): object {
  const { id, lease, device, kind, at } = fact;
  const moved = fact.kind === 'lease.moved' ? fact : { marketplace: '', reference: '', to: '' };
  const { marketplace, reference, to } = moved;
  return { id, lease, device, kind, at: seconds(at), position, marketplace, reference, state: to };
}
