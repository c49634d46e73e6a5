import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { expectChained } from './testing/chained.js';
import { openHall } from './testing/probe-hall.js';
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

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

async function gone(options: Parameters<typeof openHall>[0] = {}) {
  const hall = await openHall({ meanMs: 10 * minute, ...options });
  hall.connect();
  await pass(0);
  return hall;
}

describe('a device that leaves between two probes', () => {
  it('has one unanswered entry of each absence in which a probe came due', async () => {
    const hall = await gone({ uniform: () => 0.5 });
    for (let i = 0; i < 3; i += 1) {
      hall.cut();
      await pass(hour);
      hall.connect();
      await pass(20 * minute);
    }
    const unanswered = hall.probes().filter(({ outcome }) => outcome === 'unanswered');
    expect(unanswered).toHaveLength(3);
    expect(unanswered[0]).toMatchObject({
      code: 'probe.unanswered',
      at: 493_000 * hour + 45_000 + Math.round(Math.LN2 * 10 * minute),
      root: '00'.repeat(32),
      elapsedMs: null,
      walkersRight: 0,
    });
    expect(hall.soon).toEqual([]);
    expectChained(hall.probes());
  });

  it('has none where nothing came due, where it was in an exam, or where we close', async () => {
    const late = await gone({ uniform: () => 0.999_999 });
    late.cut();
    await pass(hour);
    late.connect();
    const examined = await gone({ uniform: () => 0.5 });
    examined.world.examining = true;
    examined.cut();
    await pass(hour);
    examined.connect();
    const closing = await gone({ uniform: () => 0.5 });
    closing.cut();
    await pass(hour);
    closing.prober.close();
    closing.connect();
    await pass(0);
    for (const hall of [late, examined, closing]) expect(hall.probes()).toEqual([]);
  });

  it('has none of an outage that it was credited, and one of what it was not', async () => {
    for (const [creditedMs, entries] of [
      [59 * minute, 0],
      [minute, 1],
    ] as const) {
      const hall = await gone({ uniform: () => 0.5 });
      hall.world.showsAtOnce = false;
      const from = Date.now();
      hall.cut();
      await pass(hour);
      hall.connect();
      hall.prober.outageShown({ device, from, cards: [{ card: 0, creditedMs }] } as never);
      hall.prober.settled(device);
      await pass(0);
      expect(hall.probes()).toHaveLength(entries);
    }
  });

  it('is asked within seconds of its return where a probe came due while it was away for a moment', async () => {
    const hall = await gone({ uniform: () => 0.01 });
    hall.cut();
    await pass(30_000);
    hall.connect();
    await pass(6_000);
    expect(hall.probes()).toMatchObject([{ outcome: 'passed' }]);
  });

  it('hides nothing by leaving for a moment again and again', async () => {
    const hall = await gone();
    for (let i = 0; i < 600; i += 1) {
      hall.cut();
      await pass(44_000);
      hall.connect();
      await pass(16_000);
    }
    expect(hall.probes().filter(({ outcome }) => outcome === 'unanswered').length).toBeGreaterThan(2);
  });
});
