import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { creditedPresence } from './credit.js';

const random = (length: number) => new Uint8Array(randomBytes(length));
const device = 'a'.repeat(64);
const minute = 60_000;

describe('the minutes of a device whose verifier died', () => {
  it('are all that the gap touches, for all its cards', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e12 }), fc.integer({ min: 0, max: 2 * minute }), (from, gap) => {
        const facts = creditedPresence(device, 2, { from, to: from + gap }, random);
        const minutes = facts.map(({ at }) => at / minute);
        expect(minutes[0]).toBe(Math.floor(from / minute));
        expect(minutes.at(-1)).toBe(Math.floor((from + gap) / minute));
        expect(new Set(minutes).size).toBe(facts.length);
        expect(facts.length).toBeLessThanOrEqual(3);
        for (const { cards } of facts) expect(cards).toEqual([0, 1]);
      }),
    );
  });

  it('are none where it took longer to come back than two minutes, or came back before it went', () => {
    expect(creditedPresence(device, 1, { from: 0, to: 2 * minute + 1 }, random)).toEqual([]);
    expect(creditedPresence(device, 1, { from: 5, to: 4 }, random)).toEqual([]);
  });
});
