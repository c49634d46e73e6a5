import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawOrder, eligibleHash, sweepRank } from './draw.js';

const device = (name: number): string => createHash('sha256').update(`${name}`).digest('hex');
const devices = Array.from({ length: 200 }, (_, name) => device(name));
const preimage = (name: number) => new Uint8Array(createHash('sha256').update(`p${name}`).digest());

describe('the draw of a sweep', () => {
  it('depends on the devices and the preimage, not on the order in which they came', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(devices), fc.integer(), (some, of) => {
        const order = drawOrder(preimage(of), some);
        expect(order).toEqual(drawOrder(preimage(of), [...some].reverse()));
        expect([...order].sort()).toEqual([...some].sort());
        expect(eligibleHash(some)).toBe(eligibleHash([...some].reverse()));
      }),
    );
  });

  it('is another with another preimage, and draws each device about as often', () => {
    const times = new Map<string, number>();
    for (let of = 0; of < 1000; of++)
      for (const drawn of drawOrder(preimage(of), devices).slice(0, 20))
        times.set(drawn, (times.get(drawn) ?? 0) + 1);
    // 100 on average, with a standard deviation below ten.
    expect(times.size).toBe(devices.length);
    for (const count of times.values()) expect(Math.abs(count - 100)).toBeLessThan(50);
  });

  it('leaves the rank of a device where it is when another one comes or goes', () => {
    const order = drawOrder(preimage(1), devices);
    const without = order.filter((one) => one !== order[3]);
    expect(drawOrder(preimage(1), without)).toEqual(without);
    expect(sweepRank(preimage(1), order[0] ?? '') < sweepRank(preimage(1), order[1] ?? '')).toBe(true);
  });

  it('has another hash of its list for each list', () => {
    expect(eligibleHash(devices)).not.toBe(eligibleHash(devices.slice(1)));
    expect(eligibleHash([])).toMatch(/^[0-9a-f]{64}$/);
  });
});
