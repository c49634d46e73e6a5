import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Bucket } from './bucket.js';

it('gives out at most its content and what comes back in the time', () => {
  const steps = fc.array(fc.record({ wait: fc.nat(2000), count: fc.integer({ min: 1, max: 30 }) }), {
    maxLength: 50,
  });
  fc.assert(
    fc.property(steps, (list) => {
      const bucket = new Bucket(10, 20, 0);
      let now = 0;
      let given = 0;
      for (const { wait, count } of list) {
        now += wait;
        if (bucket.take(count, now)) given += count;
        expect(given).toBeLessThanOrEqual(20 + (now / 1000) * 10 + 1e-6);
      }
    }),
  );
});

it('is full again after a pause', () => {
  const bucket = new Bucket(10, 20, 0);
  expect(bucket.take(20, 0)).toBe(true);
  expect(bucket.take(1, 0)).toBe(false);
  expect(bucket.take(20, 2000)).toBe(true);
});
