import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LoopLag } from './loop-lag.js';

let now = 0;
const clock = { monotonic: () => now };
let lag: LoopLag;
beforeEach(() => {
  vi.useFakeTimers();
  now = 0;
  lag = new LoopLag(clock);
});
afterEach(() => {
  lag.close();
  vi.useRealTimers();
});

/** Lets time pass with the loop alive, or standing still for all of it. */
function live(ms: number): void {
  for (let i = 0; i < ms / 20; i += 1) {
    now += 20;
    vi.advanceTimersByTime(20);
  }
}
function standStill(ms: number): void {
  now += ms;
  vi.advanceTimersByTime(20);
}

describe('the lag of the event loop', () => {
  it('is nothing while the loop lives', () => {
    live(2000);
    expect(lag.longestBetween(0, now)).toBe(0);
  });

  it('is the longest standstill of the time that is asked about', () => {
    live(100);
    standStill(520);
    live(100);
    standStill(220);
    live(100);
    expect(lag.longestBetween(0, now)).toBe(500);
    expect(lag.longestBetween(700, now)).toBe(200);
    expect(lag.longestBetween(now - 60, now)).toBe(0);
  });

  it('counts the standstill during which a message arrived, before the timer has run again', () => {
    live(100);
    now += 820;
    expect(lag.longestBetween(100, now)).toBe(800);
  });
});
