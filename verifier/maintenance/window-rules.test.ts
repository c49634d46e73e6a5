import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertPossible, capSpanMs, endOf, mostWithin, type Span } from './window-rules.js';

const minute = 60_000;
const hour = 60 * minute;
const rules = { aheadMs: 35 * minute, mostMs: 12 * hour };
const now = Date.UTC(2026, 0, 1);
const span = (fromMinute: number, toMinute: number): Span => ({
  from: now + fromMinute * minute,
  to: now + toMinute * minute,
});
const refusal = (wanted: Span, others: readonly Span[] = []) => {
  try {
    assertPossible(wanted, others, now, rules);
    return null;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('a window', () => {
  it('begins 35 minutes after it was declared, and not a moment sooner', () => {
    expect(refusal(span(35, 60))).toBeNull();
    expect(refusal({ from: now + 35 * minute - 1, to: now + hour })).toBe('maintenance.too-soon');
  });

  it('has a length, an end in sight, and no other in its time', () => {
    expect(refusal(span(60, 75))).toBeNull();
    expect(refusal(span(60, 74))).toBe('maintenance.too-short');
    expect(refusal(span(60, 50))).toBe('maintenance.too-short');
    expect(refusal(span(60 * 24 * 60 - 60, 60 * 24 * 60 + 1))).toBe('maintenance.too-far');
    expect(refusal(span(60, 90), [span(90, 120), span(40, 60)])).toBeNull();
    expect(refusal(span(60, 91), [span(90, 120)])).toBe('maintenance.overlaps');
  });

  it('never makes more of any 30 days than is possible, wherever they begin', () => {
    const quarters = fc.integer({ min: 3, max: 60 * 24 * 4 - 60 });
    const drawn = fc.array(fc.tuple(quarters, fc.integer({ min: 1, max: 40 })), { maxLength: 40 });
    fc.assert(
      fc.property(drawn, fc.integer({ min: -30 * 24 * 4, max: 60 * 24 * 4 }), (asked, begin) => {
        const windows: Span[] = [];
        for (const [from, length] of asked) {
          const wanted = span(from * 15, (from + length) * 15);
          if (refusal(wanted, windows) === null) windows.push(wanted);
        }
        const from = now + begin * 15 * minute;
        const held = windows.map((one) =>
          Math.max(0, Math.min(one.to, from + capSpanMs) - Math.max(one.from, from)),
        );
        expect(held.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(rules.mostMs);
      }),
    );
  });

  it('is refused for what is 29 days past and granted when that is 30 days past', () => {
    const day = 24 * 60;
    const past = [span(-29 * day, -29 * day + 12 * 60)];
    expect(refusal(span(60, 75), past)).toBe('maintenance.too-much');
    expect(refusal(span(2 * day, 2 * day + 15), past)).toBeNull();
    expect(mostWithin(past)).toBe(12 * hour);
  });
});

describe('the end of a window that is not needed', () => {
  const window = span(100, 160);
  it('leaves nothing where it is taken back as early as it had to be declared', () => {
    expect(endOf(window, now + 65 * minute, rules)).toBe(window.from);
  });
  it('leaves its first 15 minutes where it comes later, so that windows cannot be held out for nothing', () => {
    expect(endOf(window, now + 65 * minute + 1, rules)).toBe(window.from + 15 * minute);
    expect(endOf(window, now + 101 * minute, rules)).toBe(window.from + 15 * minute);
  });
  it('is the next minute once it has lasted so long, and never later than it was', () => {
    expect(endOf(window, now + 130 * minute + 1, rules)).toBe(now + 131 * minute);
    expect(endOf(span(100, 115), now + 101 * minute, rules)).toBe(now + 115 * minute);
  });
});
