import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Silence } from './silence.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function watch() {
  const told: boolean[] = [];
  const ask = vi.fn();
  const silence = new Silence(15_000, ask, (silent) => told.push(silent));
  return { silence, told, ask };
}

describe('a line', () => {
  it('is silent when nothing came for so long, and is told so once', () => {
    const { told } = watch();
    vi.advanceTimersByTime(14_999);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(told).toEqual([true]);
    vi.advanceTimersByTime(3600_000);
    expect(told).toEqual([true]);
  });

  it('is not silent while something comes now and then', () => {
    const { silence, told } = watch();
    for (let count = 0; count < 100; count++) {
      vi.advanceTimersByTime(14_999);
      silence.hear();
    }
    expect(told).toEqual([]);
  });

  it('is asked at half of the time, so that a quiet peer can answer', () => {
    const { silence, told, ask } = watch();
    ask.mockImplementation(() => silence.hear());
    vi.advanceTimersByTime(3600_000);
    expect(told).toEqual([]);
    expect(ask.mock.calls.length).toBe(3600_000 / 7500);
  });

  it('that speaks again is told once, and may be silent again', () => {
    const { silence, told } = watch();
    vi.advanceTimersByTime(20_000);
    silence.hear();
    silence.hear();
    expect(told).toEqual([true, false]);
    vi.advanceTimersByTime(15_000);
    expect(told).toEqual([true, false, true]);
  });

  it('that has ended tells nothing and leaves no timer', () => {
    const { silence, told } = watch();
    silence.end();
    vi.advanceTimersByTime(20_000);
    expect(told).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
