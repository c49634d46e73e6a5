import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spendStep } from './gcra.js';
import { spendScript } from './redis-scripts.js';
import { RedisServer } from './testing/redis-server.js';

const limits = fc.record({
  burst: fc.integer({ min: 1, max: 50 }),
  everyMs: fc.integer({ min: 1, max: 5_000 }),
});
/** Waits in microseconds, and costs as thousandths of the burst. */
const requestsAfter = (wait: fc.Arbitrary<number>) =>
  fc.array(fc.record({ wait, share: fc.nat(1000) }), { maxLength: 60 });
const requests = requestsAfter(fc.nat(3_000_000));
/** A clock that is set back now and then, by up to a minute. */
const unsteady = requestsAfter(fc.oneof(fc.nat(3_000_000), fc.integer({ min: -60_000_000, max: 0 })));

describe('a rate limit', () => {
  it('never gives more than the burst and what came back since', () => {
    fc.assert(
      fc.property(limits, requests, (limit, list) => {
        const sent: { at: number; cost: number }[] = [];
        let [now, fullAt] = [1e15, null as number | null];
        for (const { wait, share } of list) {
          now += wait;
          const cost = Math.round((limit.burst * share) / 1000);
          const step = spendStep(fullAt, now, limit, cost);
          fullAt = step.fullAt;
          if (!step.spent.allowed) continue;
          sent.push({ at: now, cost });
          // Of every stretch of time that ends now, not only of the whole.
          for (const [first, { at }] of sent.entries()) {
            const given = sent.slice(first).reduce((sum, one) => sum + one.cost, 0);
            expect(given).toBeLessThanOrEqual(limit.burst + (now - at) / 1000 / limit.everyMs + 1e-9);
          }
        }
      }),
    );
  });

  it('says exactly how long to wait: a moment earlier is refused, then it is given', () => {
    fc.assert(
      fc.property(limits, requests, (limit, list) => {
        let [now, fullAt] = [1e15, null as number | null];
        for (const { wait, share } of list) {
          now += wait;
          const cost = Math.round((limit.burst * share) / 1000);
          const { spent, fullAt: kept } = spendStep(fullAt, now, limit, cost);
          if (!spent.allowed) {
            expect(kept).toBe(Math.max(fullAt ?? now, now));
            expect(spendStep(kept, now + spent.retryMs * 1000, limit, cost).spent.allowed).toBe(true);
            expect(spendStep(kept, now + spent.retryMs * 1000 - 1000, limit, cost).spent.allowed).toBe(false);
          }
          expect(spendStep(kept, now, limit, spent.left).spent.allowed).toBe(true);
          if (spent.left < limit.burst)
            expect(spendStep(kept, now, limit, spent.left + 1).spent.allowed).toBe(false);
          fullAt = kept;
        }
      }),
    );
  });

  it('makes nobody wait longer than for a whole bucket where the clock was set back', () => {
    const limit = { burst: 5, everyMs: 1000 };
    const { fullAt } = spendStep(null, 1e15, limit, 5);
    const { spent } = spendStep(fullAt, 1e15 - 3600e6, limit, 1);
    expect(spent).toEqual({ allowed: false, left: 0, retryMs: 1000 });
  });
});

describe('the script for Redis', () => {
  let server: RedisServer;
  let redis: Redis;
  beforeAll(async () => {
    server = await RedisServer.start();
    redis = new Redis(server.url);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });

  /** The script as it is, but on a clock that we set; what it keeps lives by the real one, so it lives long. */
  const onOurClock = spendScript
    .replace("redis.call('TIME')", '{ ARGV[4], ARGV[5] }')
    .replace('math.ceil((kept - now) / 1000))\nend', '600000)\nend');

  it('decides as the pure step does, to the microsecond', async () => {
    expect(onOurClock).toMatch(/ARGV\[5\].*'PX', 600000/s);
    await fc.assert(
      fc.asyncProperty(limits, unsteady, async (limit, list) => {
        await redis.del('limit');
        let [now, fullAt] = [Date.now() * 1000 + 123, null as number | null];
        for (const { wait, share } of list) {
          now += wait;
          const cost = Math.max(1, Math.round((limit.burst * share) / 1000));
          const { spent, fullAt: kept } = spendStep(fullAt, now, limit, cost);
          const every = limit.everyMs * 1000;
          const time = [Math.floor(now / 1e6), now % 1e6];
          const reply = await redis.eval(onOurClock, 1, 'limit', limit.burst, every, cost, ...time);
          expect(reply).toEqual([spent.allowed ? 1 : 0, spent.left, spent.retryMs]);
          fullAt = kept;
        }
      }),
      { numRuns: 40 },
    );
  });

  it('keeps nothing of a limit that is full again', async () => {
    await redis.eval(spendScript, 1, 'short', 10, 1_000_000, 3);
    const ttl = await redis.pttl('short');
    expect(ttl).toBeGreaterThan(0);
    expect(ttl).toBeLessThanOrEqual(3000);
  });
});
