import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Penalties } from './penalties.js';

/** Penalties on a clock that a test moves, and whether a device may connect at an instant. */
function open() {
  const time = { ms: 1_000_000 };
  const penalties = new Penalties({ monotonic: () => time.ms });
  const may = (device: string) => {
    try {
      penalties.assertMayConnect(device);
      return true;
    } catch (error) {
      expect(error).toMatchObject({ code: 'request.too-many' });
      return false;
    }
  };
  return { time, penalties, may };
}

it('keeps a device away for a while, and nobody else', () => {
  const { time, penalties, may } = open();
  expect(may('one')).toBe(true);
  penalties.closed('one');
  expect(may('one')).toBe(false);
  expect(may('two')).toBe(true);
  time.ms += 5_000;
  expect(may('one')).toBe(true);
});

it('lets a device that floods without end open few lines in a day, and one that stopped begin anew', () => {
  const { time, penalties, may } = open();
  let lines = 0;
  for (let second = 0; second < 86_400; second += 1) {
    time.ms += 1_000;
    if (!may('one')) continue;
    lines += 1;
    penalties.closed('one');
  }
  expect(lines).toBeLessThan(86_400 / 600 + 10);
  time.ms += 3_600_000;
  penalties.closed('one');
  time.ms += 5_000;
  expect(may('one')).toBe(true);
});

it('never keeps away for more than ten minutes', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_000_000), { maxLength: 50 }), (pauses) => {
      const { time, penalties, may } = open();
      for (const pause of pauses) {
        penalties.closed('one');
        time.ms += pause;
      }
      penalties.closed('one');
      time.ms += 600_000;
      expect(may('one')).toBe(true);
    }),
  );
});
