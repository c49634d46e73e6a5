import { describe, expect, it } from 'vitest';
import { breakMs, shownSince } from './continuity.js';

const told = (...said: readonly (readonly [at: number, shows: boolean])[]) =>
  said.map(([at, shows]) => ({ at, shows }));

describe('since when a value is shown', () => {
  it('is when it was first told, however often and in whatever order', () => {
    expect(shownSince(told([3, true], [1, true], [2, true], [1, true]))).toBe(1);
    expect(shownSince([])).toBeNull();
  });

  it('begins anew after a break, and not after a short one', () => {
    expect(shownSince(told([1, true], [2, false], [3 + breakMs, true]))).toBe(3 + breakMs);
    expect(shownSince(told([1, true], [2, false], [2 + breakMs, true]))).toBe(1);
    expect(shownSince(told([1, true], [2, false], [3, false], [3 + breakMs, true]))).toBe(3 + breakMs);
  });

  it('is never where the last word is without it', () => {
    expect(shownSince(told([1, true], [2, false]))).toBeNull();
  });
});
