import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Outages } from './outages.js';

const minute = 60_000;

/** A device that was seen at 10 minutes for the last time. */
function away(): Outages {
  const outages = new Outages();
  outages.connected(0);
  outages.disconnected(10 * minute);
  return outages;
}

describe('Outages', () => {
  it('knows none of a device that connects for the first time', () => {
    const outages = new Outages();
    outages.connected(minute);
    outages.restore(null);
    expect(outages.present).toBeNull();
  });

  it('counts from the last sign of life to the reconnection', () => {
    const outages = away();
    outages.connected(70 * minute);
    expect(outages.present).toEqual({
      ...{ from: 10 * minute, lastSign: 10 * minute, to: 70 * minute },
      shownTo: null,
    });
    outages.shown(70 * minute);
    expect(outages.present).toBeNull();
  });

  it('takes the minute of the record from its end, and is lenient by that minute', () => {
    for (const first of ['restore', 'connect']) {
      const outages = new Outages();
      if (first === 'restore') outages.restore(10);
      outages.connected(70 * minute);
      outages.restore(10);
      expect(outages.present).toMatchObject({ from: 11 * minute, lastSign: 10 * minute, to: 70 * minute });
    }
    const back = new Outages();
    back.restore(10);
    back.connected(10 * minute + 30_000);
    expect(back.present).toBeNull();
  });

  it('goes on over a line that was back for seconds only, and not over one that was there for longer', () => {
    for (const [ms, from] of [
      [30_000, 10 * minute],
      [30_001, 70 * minute + 30_001],
    ] as const) {
      const outages = away();
      outages.connected(70 * minute);
      outages.disconnected(70 * minute + ms);
      outages.connected(80 * minute);
      expect(outages.present).toMatchObject({ from, to: 80 * minute });
    }
  });

  it('begins after what was shown, also where the verdict came when the line had gone again', () => {
    const outages = away();
    outages.connected(70 * minute);
    outages.disconnected(70 * minute + 5_000);
    outages.shown(70 * minute);
    outages.connected(80 * minute);
    expect(outages.present?.from).toBe(70 * minute);
    outages.shown(75 * minute);
    expect(outages.present).toMatchObject({ from: 75 * minute, shownTo: 75 * minute });
  });

  it('never has outages that overlap once they are shown, whatever the line does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(100_000), fc.nat(100_000), fc.nat(100_000), fc.boolean())),
        (lines) => {
          const outages = new Outages();
          let now = 0;
          let shownTo = 0;
          for (const [up, silent, down, shows] of lines) {
            outages.connected(now);
            const { present } = outages;
            if (present !== null) {
              expect(present.from).toBeGreaterThanOrEqual(shownTo);
              expect(present.from).toBeLessThan(present.to);
              expect(present.to).toBe(now);
            }
            if (shows && present !== null) {
              shownTo = now;
              outages.shown(now);
            }
            now += up;
            outages.disconnected(Math.max(now - silent, now - up));
            now += down;
          }
        },
      ),
    );
  });
});
