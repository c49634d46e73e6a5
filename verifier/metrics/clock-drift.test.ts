import { afterEach, describe, expect, it } from 'vitest';
import { ClockDrift, type OtherClock } from './clock-drift.js';

let drift: ClockDrift;
afterEach(() => drift.close());

/** Our clocks, moved by hand. */
function clocks(others: Record<string, OtherClock>) {
  const time = { wall: 1_000_000, monotonic: 0 };
  drift = new ClockDrift({
    clock: { now: () => time.wall, monotonic: () => time.monotonic },
    others,
  });
  const pass = (ms: number) => {
    time.wall += ms;
    time.monotonic += ms;
  };
  return { time, pass, measured: () => Object.fromEntries(drift.measured()) };
}

describe('the drift of our clock', () => {
  it('is nothing against ourselves, until somebody sets the clock', () => {
    const { time, pass, measured } = clocks({});
    pass(3_600_000);
    expect(measured()).toEqual({ monotonic: 0 });
    time.wall -= 5_000;
    expect(measured()).toEqual({ monotonic: -5_000 });
  });

  it('is measured against others in the middle of the round trip', async () => {
    const { time, pass, measured } = clocks({
      redis: async () => {
        pass(100);
        const theirs = time.wall - 2_000;
        pass(100);
        return theirs;
      },
    });
    await drift.measure();
    expect(measured().redis).toBe(2_000);
  });

  it('shows no figure for a clock that does not answer, rather than an old one', async () => {
    let away = false;
    const { time, measured } = clocks({
      redis: async () => {
        if (away) throw new Error('away');
        return time.wall;
      },
    });
    await drift.measure();
    expect(measured()).toHaveProperty('redis');
    away = true;
    await drift.measure();
    expect(measured()).not.toHaveProperty('redis');
  });
});
