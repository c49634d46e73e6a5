import { tableBytes } from '../../protocol/shapes.js';
import type { OfflineFact, ProbeFact } from '../../scoring/facts/timelock.js';
import { leaseFigures } from '../../scoring/formula/v1/lease/figures.js';
import type { Stretch } from '../../scoring/formula/v1/lease/stretches.js';
import { probeTimeMs } from '../../scoring/judge/probe.js';
import { entryOf } from '../leases/receipt-entry.js';
import type { Resident } from '../tables/resident.js';
import { reasonOf, timeOf } from './reason.js';
import type { CardDocument, LastProbe } from './schemas.js';

/** The time that a document looks back on, milliseconds. */
export const lookBackMs = 24 * 3600_000;

/** What is known of the tables of a device, and of its cards' answers within the last 24 hours. */
export interface KeptFacts {
  readonly tables: readonly Resident[];
  /** Of all cards, oldest first. */
  readonly probes: readonly ProbeFact[];
  readonly outages: readonly OfflineFact[];
  /** When we were out. */
  readonly ours: readonly Stretch[];
  /** Milliseconds since 1970: 24 hours ago, or since the device enrolled. */
  readonly since: number;
  readonly now: number;
  readonly connected: boolean;
}

type Kept = Pick<CardDocument, 'table' | 'lastProbe' | 'provenShare' | 'longestGapMs'>;

/** What a document says of one card beside its exams; all null where it has no table and was asked nothing. */
export function keptDocument(facts: KeptFacts, card: number): Kept {
  const table = facts.tables.find((one) => one.card === card);
  const probes = facts.probes.filter((probe) => probe.card === card);
  const last = probes.at(-1);
  if (table === undefined && last === undefined) {
    return { table: null, lastProbe: null, provenShare: null, longestGapMs: null };
  }
  const { since, now, ours, outages, connected } = facts;
  const entries = [...probes, ...outages].flatMap((fact) => {
    const transcript = transcriptOf(fact, card);
    return transcript === null ? [] : entryOf(fact, card, transcript);
  });
  const course = { from: since, to: now, entries, ours, endProven: connected, baselineMs: null };
  const { provenShare, longestGapMs } = leaseFigures(course, []).figures;
  return {
    table: table === undefined ? null : tableDocument(table),
    lastProbe: last === undefined ? null : lastProbeOf(last),
    provenShare,
    longestGapMs,
  };
}

/** Entries of all transcripts of those hours count. */
function transcriptOf(fact: ProbeFact | OfflineFact, card: number): string | null {
  if (fact.kind === 'probe.finished') return fact.transcript;
  return fact.cards.find((one) => one.card === card)?.entry?.transcript ?? null;
}

const tableDocument = ({ purpose, shape, since }: Resident): CardDocument['table'] => ({
  purpose,
  bytes: tableBytes(shape),
  since: timeOf(since),
});

function lastProbeOf({ at, outcome, elapsedMs, roundTripMs, deadlineMs, code }: ProbeFact): LastProbe {
  return {
    at: timeOf(at),
    outcome,
    measuredMs: elapsedMs === null ? null : probeTimeMs(elapsedMs, roundTripMs),
    requiredMs: deadlineMs,
    reason: reasonOf(code),
  };
}
