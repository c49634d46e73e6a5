import { expect, it } from 'vitest';
import { Rates } from './rates.js';

it('keeps the best of what is on record and what was shown since', async () => {
  let now = 0;
  let recorded: number | null = null;
  let reads = 0;
  const rates = new Rates(
    async () => {
      reads += 1;
      return recorded;
    },
    () => now,
  );
  expect(await rates.of('one')).toBeNull();
  rates.learned('one', 5);
  rates.learned('one', 3);
  expect(await rates.of('one')).toBe(5);
  expect(reads).toBe(1);
  // What is on record is looked at again: other hardware has other rates.
  now += 3600_000;
  recorded = 4;
  expect(await rates.of('one')).toBe(4);
});

it('does not lose what is shown while the record is read', async () => {
  let read: (rate: number) => void = () => {};
  let now = 0;
  const rates = new Rates(
    () =>
      new Promise((resolve) => {
        read = resolve;
      }),
    () => now,
  );
  const first = rates.of('one');
  read(2);
  expect(await first).toBe(2);
  now += 3600_000;
  const again = rates.of('one');
  rates.learned('one', 9);
  read(2);
  expect(await again).toBe(9);
});

it('reads again after a record that did not answer', async () => {
  let fails = true;
  const rates = new Rates(
    async () => {
      if (fails) throw new Error('away');
      return 7;
    },
    () => 0,
  );
  await expect(rates.of('one')).rejects.toThrow('away');
  fails = false;
  expect(await rates.of('one')).toBe(7);
});
