import { describe, expect, it } from 'vitest';
import { Absences } from './absences.js';

const minute = 60_000;
const meanMs = 10 * minute;
const device = 'de'.repeat(32);

/** Away from minute 0 of the clock on, whose wall stands at a million; each number decides one draw. */
function away(ms: number, uniform: readonly number[], { creditedMs = 0, lagMs = 0 } = {}) {
  let now = 0;
  const left = [...uniform];
  const clock = { now: () => 1_000_000 + now, monotonic: () => now };
  const lagBetween = () => lagMs;
  const absences = new Absences({
    clock,
    uniform: () => left.shift() ?? 1 - 1e-12,
    linkMs: minute,
    lagBetween,
  });
  absences.left(device);
  now = ms;
  absences.returned(device);
  absences.shown({ device, from: 1_000_000, cards: [{ card: 0, creditedMs } as never] });
  const absence = absences.end(device);
  if (absence === null) throw new Error('it was away');
  return (movedInARow = 0) => absences.draw(absence, 0, meanMs, movedInARow);
}

/** Makes a wait of so many milliseconds. */
const waits = (ms: number) => 1 - Math.exp(-ms / meanMs);

describe('what came due while a device was away', () => {
  it('is missed at the time at which it came due', () => {
    expect(away(30 * minute, [waits(4 * minute)])()).toEqual({
      kind: 'missed',
      at: 1_000_000 + 45_000 + 4 * minute,
    });
  });

  it('is nothing where it comes due after the return', () => {
    expect(away(30 * minute, [waits(29.5 * minute)])()).toEqual({ kind: 'nothing' });
  });

  it('is nothing where it came due while we stood still: nobody could return', () => {
    const due = [waits(4 * minute)];
    expect(away(30 * minute, due, { lagMs: 28 * minute })()).toEqual({ kind: 'nothing' });
  });

  it('is moved where the line was away for a moment only, twice in a row', () => {
    const brief = () => away(40_000, [waits(minute), waits(30_000)]);
    expect([brief()(0), brief()(1)]).toEqual([{ kind: 'moved' }, { kind: 'moved' }]);
    expect(brief()(2)).toEqual({ kind: 'missed', at: 1_030_000 });
  });

  it('is explained by a credit, but for what comes due long after it', () => {
    const due = (ms: number) => [waits(ms - 45_000)];
    expect(away(60 * minute, due(50 * minute), { creditedMs: 59 * minute })()).toEqual({ kind: 'nothing' });
    // In the link that was begun and counts nothing.
    expect(away(60 * minute, due(59.5 * minute), { creditedMs: 59 * minute })()).toEqual({ kind: 'nothing' });
    expect(away(60 * minute, due(50 * minute), { creditedMs: minute })()).toMatchObject({ kind: 'missed' });
  });

  it('is drawn once, over all of an absence in which the line came back too briefly', () => {
    let now = 0;
    const clock = { now: () => now, monotonic: () => now };
    const absences = new Absences({ clock, uniform: () => 0.5, linkMs: minute, lagBetween: () => 0 });
    absences.left(device);
    now = 20 * minute;
    absences.returned(device);
    now += 1_000;
    absences.left(device);
    now = 40 * minute;
    absences.returned(device);
    expect(absences.end(device)).toMatchObject({ since: 0, until: 40 * minute });
    expect(absences.end(device)).toBeNull();
  });
});
