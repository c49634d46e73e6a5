import { describe, expect, it } from 'vitest';
import type { Card } from './card.js';
import { Pace, sliceMilliseconds } from './pace.js';

/** A card that works at a rate on a clock of its own, and counts what waits on it. */
function cardAt(operationsPerMillisecond: number) {
  let now = 0;
  let slice = 0;
  const slices: number[] = [];
  const queue = {
    submit: () => {},
    onSubmittedWorkDone: async () => {
      const operations = slice;
      slice = 0;
      slices.push(operations);
      await Promise.resolve();
      now += operations / operationsPerMillisecond;
    },
  };
  const pass = { end: () => {} };
  const encoder = { beginComputePass: () => pass, finish: () => ({}) };
  const card = { usable: true, device: { queue, createCommandEncoder: () => encoder } };
  const pace = new Pace(card as unknown as Card, 1, () => now);
  const add = (operations: number) => {
    slice += operations;
    return pace.add(operations, () => {});
  };
  return { card, pace, add, slices };
}

describe('Pace', () => {
  it.each([0.01, 1, 50, 20_000])(
    'cuts the work of a card with rate %d into slices of a tenth of a second',
    async (rate) => {
      const { pace, add, slices } = cardAt(rate);
      for (let i = 0; i < 4000; i++) await add(rate);
      await pace.submit();
      await pace.idle();
      expect(slices.reduce((a, b) => a + b, 0)).toBeCloseTo(4000 * rate, 3);
      // Once the rate is known.
      for (const operations of slices.slice(10, -1)) {
        expect(operations / rate).toBeGreaterThanOrEqual(sliceMilliseconds * 0.9);
        expect(operations / rate).toBeLessThanOrEqual(sliceMilliseconds * 1.5);
      }
    },
  );

  it('raises the pace by steps, whatever the first small work says', async () => {
    const { pace, add } = cardAt(1e9);
    await add(sliceMilliseconds);
    await pace.idle();
    expect(pace.rate).toBeLessThanOrEqual(4);
  });

  it('stops when the card is gone', async () => {
    const { card, add } = cardAt(1);
    card.usable = false;
    await expect(add(1)).rejects.toThrow();
  });
});
