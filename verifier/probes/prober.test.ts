import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ProbeFact } from '../../scoring/facts/timelock.js';
import { expectChained } from './testing/chained.js';
import { openHall, passedExam } from './testing/probe-hall.js';
import { device } from './testing/probed-card.js';

const minute = 60_000;
const hour = 60 * minute;

beforeEach(() => {
  // The begin of an hour.
  vi.useFakeTimers({ now: 493_000 * hour });
});
afterEach(() => {
  vi.useRealTimers();
});

type Hall = Awaited<ReturnType<typeof openHall>>;
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** Probes the card now and lets it answer. */
async function probe(hall: Hall, ms = 60_000): Promise<ProbeFact | null> {
  const probed = hall.prober.probeNow(device, 0);
  await pass(ms);
  return probed;
}

async function connected(options?: Parameters<typeof openHall>[0]): Promise<Hall> {
  // Rare enough to stay out of what a test looks at.
  const hall = await openHall({ meanMs: 1_000 * hour, leaseMeanMs: 1_000 * hour, ...options });
  hall.connect();
  await pass(0);
  return hall;
}

describe('a card that keeps its table', () => {
  it('passes, and is told so when it is on record', async () => {
    const hall = await connected();
    expect(await probe(hall)).toMatchObject({
      outcome: 'passed',
      code: 'probe.passed',
      index: 1,
      transcript: 'hr_493000',
      elapsedMs: 40,
      roundTripMs: 20,
      walkersRight: 4,
      load: 0,
      beacon: null,
    });
    expect(hall.probes()).toHaveLength(1);
    expect(hall.card.received.at(-1)).toMatchObject({ type: 'probe.verdict', code: 'probe.passed' });
    expectChained(hall.probes());
  });

  it('is probed at random times, six an hour in the mean, with one chain of tags an hour', async () => {
    const hall = await openHall();
    hall.connect();
    await pass(12 * hour);
    const probes = hall.probes();
    // Poisson with 72: outside of this once in a million runs.
    expect(probes.length).toBeGreaterThan(35);
    expect(probes.length).toBeLessThan(120);
    expect(new Set(probes.map(({ outcome }) => outcome))).toEqual(new Set(['passed']));
    expect(new Set(probes.map(({ transcript }) => transcript)).size).toBeGreaterThan(8);
    expectChained(probes);
  });

  it('learns its own deadline and baseline from five probes', async () => {
    const hall = await connected();
    for (let i = 0; i < 5; i += 1) expect(await probe(hall)).toMatchObject({ baselineMs: null });
    expect(await hall.prober.baselineMs(device, 0)).toBe(20);
    hall.card.walkMs = 125;
    expect(await probe(hall)).toMatchObject({ code: 'probe.late', deadlineMs: 120, baselineMs: 20 });
  });

  it('is known again after a restart', async () => {
    const before = await connected();
    for (let i = 0; i < 6; i += 1) await probe(before);
    const same = before.probes();
    const after = await connected({
      recorded: same,
    });
    const seed = same[0]?.tableSeed ?? '';
    after.residents.concluded(device, [passedExam(0, seed)], true);
    await after.card.build((await after.residents.of(device))[0]?.shape as never, seed);
    expect(await probe(after)).toMatchObject({
      index: 7,
      deadlineMs: 120,
      baselineMs: 20,
      outcome: 'passed',
    });
    expectChained(after.probes());
  });

  it('answers to its lease with a beacon while it is leased, and the hour goes on afterwards', async () => {
    const hall = await connected();
    await probe(hall);
    hall.world.lease = `le_${'1'.repeat(32)}`;
    expect(await probe(hall)).toMatchObject({ index: 1, transcript: hall.world.lease, beacon: { round: 7 } });
    hall.world.lease = null;
    expect(await probe(hall)).toMatchObject({ index: 2, transcript: 'hr_493000', beacon: null });
    expectChained(hall.probes());
  });
});

describe('a probe that something comes between', () => {
  it('is drawn anew while the device is in an exam, and never failed', async () => {
    const hall = await openHall();
    hall.connect();
    hall.world.examining = true;
    await pass(5 * hour);
    expect(hall.probes()).toEqual([]);
    hall.world.examining = false;
    await pass(5 * hour);
    expect(hall.probes().length).toBeGreaterThan(0);
    expect(hall.probes().every(({ outcome }) => outcome === 'passed')).toBe(true);
  });

  it('is ours where an exam took the table from under it', async () => {
    const hall = await connected();
    expect(await probe(hall)).toMatchObject({ outcome: 'passed' });
    hall.card.loseTable();
    const probed = hall.prober.probeNow(device, 0);
    await pass(5);
    hall.world.examining = true;
    await pass(minute);
    expect(await probed).toMatchObject({ outcome: 'ours', code: 'probe.ours', root: '00'.repeat(32) });
  });

  it('is not sent while a table is made or an outage is to be shown', async () => {
    const hall = await connected();
    hall.world.busy = true;
    expect(await probe(hall)).toBeNull();
    expect(hall.card.received).toEqual([]);
  });

  it('is unanswered where the line breaks, and comes soon after it is back', async () => {
    const hall = await openHall({ meanMs: 100 * hour });
    hall.connect();
    await pass(0);
    const probed = hall.prober.probeNow(device, 0);
    await pass(15);
    hall.cut();
    await pass(0);
    expect(await probed).toMatchObject({ outcome: 'unanswered', code: 'probe.unanswered' });
    await pass(hour);
    expect(hall.probes()).toHaveLength(1);
    hall.connect();
    await pass(20 * minute);
    expect(hall.probes().map(({ outcome }) => outcome)).toEqual(['unanswered', 'passed']);
    expectChained(hall.probes());
  });

  it('stays the only one at its place while the journal takes nothing', async () => {
    const hall = await connected();
    hall.journal.full = true;
    const probed = hall.prober.probeNow(device, 0);
    const next = hall.prober.probeNow(device, 0);
    await pass(minute);
    expect(hall.card.received.map(({ type }) => type)).toEqual(['probe.walk', 'probe.open']);
    hall.journal.full = false;
    await pass(minute);
    expect([await probed, await next]).toMatchObject([{ index: 1 }, { index: 2 }]);
    expectChained(hall.probes());
  });

  it('goes on record as ours when we close', async () => {
    const hall = await connected();
    const probed = hall.prober.probeNow(device, 0);
    await pass(5);
    hall.prober.close();
    await pass(minute);
    expect(await probed).toMatchObject({ outcome: 'ours', index: 1 });
    expect(hall.probes()).toHaveLength(1);
    expect(await probe(hall)).toBeNull();
  });
});

describe('a slow line', () => {
  it('is no fault of the card: it is asked anew within seconds, with another seed', async () => {
    const hall = await connected();
    hall.line.delayMs = 3_000;
    hall.line.pongMs = 6_000;
    expect(await probe(hall, 12_500)).toMatchObject({ outcome: 'unanswered', code: 'probe.slow-line' });
    hall.line.delayMs = 10;
    hall.line.pongMs = 20;
    await pass(minute);
    const [slow, passed] = hall.probes().slice(-2);
    expect(passed).toMatchObject({ outcome: 'passed', elapsedMs: 40 });
    expect(passed?.seed).not.toBe(slow?.seed);
  });

  it('is an excuse twice in a row, and no more', async () => {
    const hall = await connected();
    hall.card.walkMs = 5_000;
    hall.line.pongMs = 5_000;
    await probe(hall);
    expect(hall.probes().map(({ code }) => code)).toEqual([
      'probe.slow-line',
      'probe.slow-line',
      'probe.late',
    ]);
  });

  it('asks for no exam, however long it is slow', async () => {
    const hall = await connected();
    hall.card.walkMs = 5_000;
    hall.line.pongMs = 5_000;
    for (let i = 0; i < 6; i += 1) await probe(hall);
    expect(hall.probes().filter(({ code }) => code === 'probe.late').length).toBeGreaterThan(3);
    expect(hall.soon).toEqual([]);
  });

  it('is known by its slowest ping, though the first was quick', async () => {
    const hall = await connected();
    hall.card.walkMs = 5_000;
    const probed = hall.prober.probeNow(device, 0);
    await pass(100);
    hall.line.pongMs = 5_000;
    await pass(minute);
    expect(await probed).toMatchObject({ outcome: 'unanswered', code: 'probe.slow-line' });
  });

  it('is not taken for granted where the ping was quick', async () => {
    const hall = await connected();
    hall.card.walkMs = 5_000;
    expect(await probe(hall)).toMatchObject({ outcome: 'failed', code: 'probe.late', elapsedMs: 5_020 });
  });

  it('cut for an hour costs an honest card one open probe at most', async () => {
    const hall = await openHall();
    hall.connect();
    for (let day = 0; day < 6; day += 1) {
      await pass(2 * hour + day * 1_234);
      hall.cut();
      await pass(hour);
      hall.connect();
    }
    await pass(hour);
    const failed = hall.probes().filter(({ outcome }) => outcome === 'failed');
    expect(failed).toEqual([]);
    // Here nobody solves a chain: one entry each time.
    expect(hall.probes().filter(({ outcome }) => outcome === 'unanswered').length).toBeLessThanOrEqual(6);
    expect(hall.soon).toEqual([]);
    expectChained(hall.probes());
  });
});

describe('a card without its table', () => {
  it('fails once, makes another, and goes on', async () => {
    const hall = await connected();
    await probe(hall);
    hall.card.loseTable();
    expect(await probe(hall)).toMatchObject({ outcome: 'failed', code: 'probe.no-table' });
    await pass(minute);
    expect(hall.card.received.at(-1)).toMatchObject({ type: 'table.build' });
    expect(hall.facts.at(-1)).toMatchObject({
      kind: 'table.built',
      purpose: 'whole',
      lease: null,
      buildMs: 1_020,
    });
    const passed = await probe(hall);
    expect(passed).toMatchObject({ outcome: 'passed', index: 3 });
    expect(passed?.tableSeed).not.toBe(hall.tableSeed);
  });

  it('is not blamed where only our record says that it should have one', async () => {
    const hall = await connected();
    hall.card.loseTable();
    expect(await probe(hall)).toMatchObject({ outcome: 'ours', code: 'probe.ours' });
    hall.card.loseTable();
    expect(await probe(hall)).toMatchObject({ outcome: 'failed', code: 'probe.no-table' });
  });

  it('is not made to build again and again', async () => {
    const hall = await openHall({ meanMs: minute });
    hall.connect();
    hall.card.lie = (message) =>
      message.type === 'table.ready' ? { ...message, type: 'table.decline', message: 'no' } : message;
    await probe(hall);
    hall.card.loseTable();
    await pass(24 * hour);
    const orders = hall.card.received.filter(({ type }) => type === 'table.build').length;
    // After 10, 20, 40 minutes and so on up to six hours.
    expect(orders).toBeGreaterThan(4);
    expect(orders).toBeLessThan(11);
  });

  it('is quarantined: its table is dropped, and it is probed no more', async () => {
    const hall = await connected();
    hall.setStatus('quarantined');
    hall.prober.replan(device);
    await pass(minute);
    expect(hall.card.received).toMatchObject([{ type: 'table.drop', tableSeed: hall.tableSeed }]);
    expect(await probe(hall)).toBeNull();
  });
});

describe('a card that lies', () => {
  it.each([
    ['probe.wrong-signature', { signature: 'ab'.repeat(64) }],
    ['probe.wrong-reveal', { reveals: [] }],
  ])('is asked for an exam at once: %s', async (code, change) => {
    const hall = await connected();
    hall.card.lie = (message) => (message.type === 'probe.reveal' ? { ...message, ...change } : message);
    expect(await probe(hall)).toMatchObject({ outcome: 'failed', code });
    expect(hall.soon).toEqual([device]);
  });

  it('is asked for an exam when it says nothing three times', async () => {
    const hall = await connected();
    hall.card.lie = () => null;
    for (let i = 0; i < 3; i += 1) {
      expect(hall.soon).toEqual([]);
      expect(await probe(hall)).toMatchObject({
        outcome: 'failed',
        code: 'probe.missed',
        root: '00'.repeat(32),
      });
    }
    expect(hall.soon).toEqual([device]);
    expectChained(hall.probes());
  });

  it('is asked three times to show what it committed to', async () => {
    const hall = await connected();
    hall.card.lie = (message) => (message.type === 'probe.reveal' ? null : message);
    const fact = await probe(hall);
    expect(fact).toMatchObject({ outcome: 'failed', code: 'probe.missed', walkersRight: 0, signature: null });
    expect(fact?.root).not.toBe('00'.repeat(32));
    const opens = hall.card.received.filter(({ type }) => type === 'probe.open');
    expect(opens).toHaveLength(3);
    expect(new Set(opens.map((open) => JSON.stringify(open))).size).toBe(1);
  });

  it('is refused what it was not asked, and nothing changes', async () => {
    const hall = await connected();
    const about = { probe: `pr_${'0'.repeat(32)}`, card: 0 };
    expect(hall.receive({ type: 'probe.commit', ...about, roots: [] })).toBe('probe.unknown');
    hall.card.lie = (message) => (message.type === 'probe.commit' ? { ...message, roots: [] } : message);
    expect(await probe(hall)).toMatchObject({ code: 'probe.missed' });
    expect(hall.refusals).toEqual(['probe.wrong-roots']);
  });
});

it('is ours where we stood still', async () => {
  const hall = await connected();
  hall.card.walkMs = 5_000;
  hall.world.lagMs = 4_990;
  expect(await probe(hall)).toMatchObject({ outcome: 'ours', code: 'probe.ours', lagMs: 4_990 });
});
