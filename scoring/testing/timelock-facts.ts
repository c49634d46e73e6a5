import type { LeaseMovedFact, LeaseWitnessedFact } from '../facts/lease.js';
import type { OfflineFact, ProbeFact, SquaringFact, TableFact } from '../facts/timelock.js';
import { deviceId, nextId } from './facts.js';

// Facts of tables, probes, outages and leases for tests: complete, valid, and different where the tests say so.

const hex64 = deviceId;

/** The third probe of an hour. */
export function probe(device: string, at: number, changes: Partial<ProbeFact> = {}): ProbeFact {
  return {
    kind: 'probe.finished',
    id: nextId('fa'),
    at,
    device,
    card: 0,
    probe: nextId('pr'),
    transcript: 'hr_1000',
    index: 3,
    tag: hex64(`tag at ${at}`),
    root: hex64('root'),
    tableSeed: hex64('table'),
    purpose: 'whole',
    rounds: 4,
    seed: hex64('walk'),
    beacon: null,
    openings: [{ round: 1, walker: 7 }],
    walkersRight: 1,
    outcome: 'passed',
    code: 'probe.passed',
    elapsedMs: 120.5,
    roundTripMs: 20.25,
    lagMs: 0,
    deadlineMs: 230,
    baselineMs: 98,
    load: 0,
    signature: '00'.repeat(64),
    ...changes,
  };
}

/** An outage of ten minutes that ends at `at`, all of it credited to card 0. */
export function outage(device: string, at: number, changes: Partial<OfflineFact> = {}): OfflineFact {
  return {
    kind: 'offline.shown',
    id: nextId('fa'),
    at,
    device,
    seed: hex64('chain'),
    issuedAt: at - 620_000,
    squarings: 60_000_000,
    links: 10,
    from: at - 600_000,
    to: at,
    squaringsPerSecond: 1_000_000,
    code: 'offline.credited',
    cards: [credited(0, 600_000)],
    ...changes,
  };
}

/** What a card was credited of an outage. */
export function credited(
  card: number,
  creditedMs: number,
  entry: OfflineFact['cards'][number]['entry'] = null,
): OfflineFact['cards'][number] {
  const code = creditedMs > 0 ? 'offline.credited' : 'offline.no-table';
  return {
    card,
    tableSeed: hex64('table'),
    creditedMs,
    opened: 4,
    right: 4,
    code,
    root: hex64('last'),
    entry,
  };
}

export function table(device: string, at: number, changes: Partial<TableFact> = {}): TableFact {
  return {
    kind: 'table.built',
    id: nextId('fa'),
    at,
    device,
    card: 0,
    purpose: 'ballast',
    lease: null,
    engine: 'webgpu',
    shape: { n: 1024, layers: 2000, banks: 32, bankPages: 8192, rounds: 4, walkers: 131_072, steps: 2 },
    tableSeed: hex64('ballast'),
    buildMs: 24_000,
    ...changes,
  };
}

export function squaring(device: string, at: number, squaringsPerSecond: number): SquaringFact {
  return {
    kind: 'squaring.measured',
    id: nextId('fa'),
    at,
    device,
    squarings: 1_000_000,
    elapsedMs: 1000,
    roundTripMs: 20,
    squaringsPerSecond,
  };
}

export function leaseMoved(
  device: string,
  at: number,
  lease: string,
  to: LeaseMovedFact['to'],
  changes: Partial<LeaseMovedFact> = {},
): LeaseMovedFact {
  return {
    kind: 'lease.moved',
    id: nextId('fa'),
    at,
    device,
    lease,
    from: null,
    to,
    reasons: ['lease.requested'],
    marketplace: 'market',
    reference: 'job 1',
    openedAt: at,
    startedAt: null,
    endsAt: null,
    endedAt: null,
    commitment: hex64('commitment'),
    witnessTokenHash: hex64('token'),
    handOverExam: null,
    returnExam: null,
    ...changes,
  };
}

export function leaseWitnessed(device: string, at: number, lease: string): LeaseWitnessedFact {
  const statement = { lease, at, card: 0, index: 3, tag: hex64('tag'), load: 0.5, key: hex64('witness') };
  return {
    kind: 'lease.witnessed',
    id: nextId('fa'),
    at,
    device,
    lease,
    statement: { ...statement, signature: '11'.repeat(64) },
  };
}
