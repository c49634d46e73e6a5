import { describe, expect, it } from 'vitest';
import type { OfflineFact, ProbeFact } from '../../scoring/facts/timelock.js';
import { deviceId, memoryPart } from '../../scoring/testing/facts.js';
import { type KeptFacts, keptDocument } from './kept.js';

const minute = 60_000;
const hour = 60 * minute;
const now = 493_000 * hour;
const device = deviceId('rig');

function probe(hoursAgo: number, changes: Partial<ProbeFact> = {}): ProbeFact {
  const at = now - hoursAgo * hour;
  return {
    kind: 'probe.finished',
    id: `fa_${'0'.repeat(32)}`,
    at,
    device,
    card: 0,
    probe: `pr_${'0'.repeat(32)}`,
    transcript: `hr_${Math.floor(at / hour)}`,
    index: 1,
    tag: deviceId('tag'),
    root: deviceId('root'),
    tableSeed: deviceId('table'),
    purpose: 'whole',
    rounds: 1,
    seed: deviceId('seed'),
    beacon: null,
    openings: [],
    walkersRight: 0,
    outcome: 'passed',
    code: 'probe.passed',
    elapsedMs: 120,
    roundTripMs: 20,
    lagMs: 0,
    deadlineMs: 200,
    baselineMs: null,
    load: null,
    signature: null,
    ...changes,
  };
}

const outage = (fromHoursAgo: number, creditedMs: number): OfflineFact => {
  const from = now - fromHoursAgo * hour;
  const entry = { transcript: 'hr_1', index: 1, tag: deviceId('tag') };
  const shown = { card: 0, tableSeed: deviceId('table'), creditedMs, opened: 4, right: 4 };
  return {
    kind: 'offline.shown',
    id: `fa_${'1'.repeat(32)}`,
    at: from + 3 * hour,
    device,
    seed: deviceId('chain'),
    issuedAt: from,
    squarings: 1,
    links: 180,
    from,
    to: from + 3 * hour,
    squaringsPerSecond: 1,
    code: 'offline.credited',
    cards: [{ ...shown, code: 'offline.credited', root: deviceId('last'), entry }],
  };
};

const hourly = Array.from({ length: 24 }, (_, at) => probe(24 - at - 0.5));
const facts = (changes: Partial<KeptFacts>): KeptFacts => ({
  tables: [],
  probes: hourly,
  outages: [],
  ours: [],
  since: now - 24 * hour,
  now,
  connected: true,
  ...changes,
});

describe('what a card keeps', () => {
  it('is nothing where it has no table and was asked nothing', () => {
    expect(keptDocument(facts({}), 1)).toEqual({
      table: null,
      lastProbe: null,
      provenShare: null,
      longestGapMs: null,
    });
  });

  it('is its table, its last probe with what to do, and a whole day', () => {
    const { shape } = memoryPart;
    const table = {
      card: 0,
      tableSeed: deviceId('table'),
      shape,
      purpose: 'whole',
      engine: 'webgpu',
      since: now,
      bandwidthGBps: null,
    } as const;
    expect(keptDocument(facts({ tables: [table] }), 0)).toMatchObject({
      table: { purpose: 'whole', bytes: 2 * 1024 * 1024, since: new Date(now).toISOString() },
      lastProbe: { outcome: 'passed', measuredMs: 100, requiredMs: 200, reason: { fix: 'Nothing to do.' } },
      provenShare: 1,
      longestGapMs: 0,
    });
  });

  it('has a gap where a probe failed, from the good one before it to the next', () => {
    const probes = hourly.map((one, at) =>
      at === 10 ? { ...one, outcome: 'failed' as const, code: 'probe.late' } : one,
    );
    expect(keptDocument(facts({ probes }), 0)).toMatchObject({
      provenShare: 22 / 24,
      longestGapMs: 2 * hour,
    });
  });

  it('has none for an outage that it was credited, nor where we were out', () => {
    const probes = hourly.filter((_, at) => at < 10 || at > 13);
    expect(keptDocument(facts({ probes }), 0).longestGapMs).toBe(5 * hour);
    expect(keptDocument(facts({ probes, outages: [outage(14, 3 * hour)] }), 0)).toMatchObject({
      longestGapMs: 0,
    });
    const ours = [{ from: now - 14 * hour, to: now - 10.5 * hour }];
    expect(keptDocument(facts({ probes, ours }), 0)).toMatchObject({ longestGapMs: 0 });
  });

  it('does not count the time since its last answer while it is away', () => {
    expect(keptDocument(facts({ connected: false }), 0)).toMatchObject({ longestGapMs: hour / 2 });
  });
});
