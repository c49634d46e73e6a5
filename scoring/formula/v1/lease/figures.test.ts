import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReceiptEntry } from '../../../../protocol/messages/receipt.js';
import { docTable } from '../../../testing/doc-table.js';
import { courseOf, minuteMs, outageAt, probeAt } from '../../../testing/lease-course.js';
import type { Witnessed } from './contention.js';
import { type CardFigures, type LeaseCard, leaseFigures, overallFigures } from './figures.js';

const card = (changes: Partial<LeaseCard> = {}): LeaseCard => ({
  from: 0,
  to: 60 * minuteMs,
  entries: [],
  ours: [],
  baselineMs: 40,
  endProven: true,
  ...changes,
});
const minutes = ({ gaps }: CardFigures) =>
  gaps.map(({ from, to, code }) => `${from / minuteMs}–${to / minuteMs} ${code}`);
const shareOf = (one: LeaseCard) => leaseFigures(one, []).figures.provenShare ?? 1;

/** `22–32 40–41` → stretches, in minutes. */
const stretchesOf = (text = '') =>
  [...text.matchAll(/(\d+)–(\d+)/g)].map(([, from, to]) => ({
    from: Number(from) * minuteMs,
    to: Number(to) * minuteMs,
  }));

describe('the worked examples of docs/scoring.md', () => {
  it.each(docTable('proven share'))('$entries of a lease of $minutes minutes', (row) => {
    const made = leaseFigures(
      card({
        to: Number(row.minutes) * minuteMs,
        entries: courseOf(row.entries),
        ours: stretchesOf(row['we were out']),
        endProven: row.return !== 'not passed',
      }),
      [],
    );
    const { provenShare, longestGapMs } = made.figures;
    expect({
      share: provenShare?.toFixed(3) ?? '–',
      gap: String(longestGapMs / minuteMs),
      gaps: minutes(made).join(', '),
    }).toEqual({ share: row['proven share'], gap: row['longest gap'], gaps: row.gaps });
  });

  it.each(docTable('contention'))('an index of $index', (row) => {
    const times = (row['idle probes, ms'] ?? '').split(/\s+/).filter(Boolean).map(Number);
    const entries = times.map((elapsedMs, index) => probeAt(index, { elapsedMs }));
    const baselineMs = Number(row['baseline, ms']);
    const { contentionIndex, slowIdleProbes } = leaseFigures(card({ entries, baselineMs }), []).figures;
    expect([contentionIndex?.toFixed(2) ?? '–', String(slowIdleProbes)]).toEqual([row.index, row.slow]);
  });
});

describe('what is proven of a lease', () => {
  it('is all of it between passed probes, up to an exam at the return that was passed', () => {
    const made = leaseFigures(card({ entries: courseOf('P10 P40') }), []);
    expect(made).toMatchObject({ figures: { provenShare: 1, longestGapMs: 0 }, gaps: [] });
  });

  it('is nothing of a lease of no length', () => {
    for (const endProven of [true, false]) {
      const made = leaseFigures(card({ to: 0, endProven }), []);
      expect(made).toMatchObject({ figures: { provenShare: null, longestGapMs: 0 }, gaps: [] });
      expect(leaseFigures(card({ from: 5, to: 0, endProven }), [])).toEqual(made);
    }
  });

  it('says of each gap what broke first in it', () => {
    const entries = [
      probeAt(20),
      ...courseOf('F30 P40'),
      probeAt(25, { outcome: 'failed', code: 'probe.no-table' }),
    ];
    expect(minutes(leaseFigures(card({ entries }), []))).toEqual(['20–40 probe.no-table']);
  });

  it('is not added to by what lies outside, nor broken by it', () => {
    const entries = [...courseOf('P20 F70 P80 A50-90:40')];
    expect(shareOf(card({ entries }))).toBe(1);
    expect(minutes(leaseFigures(card({ entries: courseOf('P20 P80'), endProven: false }), []))).toEqual([
      '20–60 lease.return-unproven',
    ]);
  });

  it('has a break on both sides of a probe of the same millisecond: entries have no order within it', () => {
    const entries = courseOf('P10 P20 F20 P40');
    expect(minutes(leaseFigures(card({ entries }), []))).toEqual(['10–20 probe.late', '20–40 probe.late']);
  });

  it('is not broken by an outage that was shown and not credited: whoever shows nothing must fare no better', () => {
    expect(shareOf(card({ entries: courseOf('P10 A22-52:0 P55') }))).toBe(1);
  });

  it('does not see an off card in a silence that is too long for chance', () => {
    const to = 121 * minuteMs;
    expect(minutes(leaseFigures(card({ to }), []))).toEqual(['0–121 receipt.unproven']);
    expect(shareOf(card({ to: 120 * minuteMs }))).toBe(1);
    // Two minutes of them were ours.
    expect(shareOf(card({ to, ours: [{ from: minuteMs, to: 3 * minuteMs }] }))).toBe(1);
  });
});

const minute = fc.integer({ min: 0, max: 600 });
const anyEntry: fc.Arbitrary<ReceiptEntry> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom('P', 'F', 'U', 'O'), minute)
      .map((it) => courseOf(it.join(''))[0] as ReceiptEntry),
  },
  fc
    .tuple(minute, fc.integer({ min: 0, max: 200 }), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([from, length, share]) => outageAt(from, from + length, Math.floor(length * share))),
);
const stretch = fc
  .tuple(minute, fc.integer({ min: 0, max: 100 }))
  .map(([from, length]) => ({ from: from * minuteMs, to: (from + length) * minuteMs }));
const courses: fc.Arbitrary<LeaseCard> = fc.record({
  from: fc.integer({ min: 0, max: 50 }).map((it) => it * minuteMs),
  to: fc.integer({ min: 100, max: 550 }).map((it) => it * minuteMs),
  entries: fc.array(anyEntry, { maxLength: 30 }),
  ours: fc.array(stretch, { maxLength: 3 }),
  baselineMs: fc.constant(40),
  endProven: fc.boolean(),
});

/** No share is lower, no gap longer. */
function expectNoneWorse(before: LeaseCard, after: LeaseCard): void {
  const [old, now] = [leaseFigures(before, []).figures, leaseFigures(after, []).figures];
  expect(now.provenShare ?? 1).toBeGreaterThanOrEqual((old.provenShare ?? 1) - 1e-12);
  expect(now.longestGapMs).toBeLessThanOrEqual(old.longestGapMs);
}

describe('for every course of a lease', () => {
  it('one more passed probe lowers nothing, whenever it is', () => {
    fc.assert(
      fc.property(courses, minute, (course, at) => {
        expectNoneWorse(course, { ...course, entries: [probeAt(at), ...course.entries] });
      }),
    );
  });

  it('an outage that was shown lowers nothing, and more of it credited neither', () => {
    fc.assert(
      fc.property(courses, minute, minute, minute, (course, from, length, more) => {
        const shown = { ...course, entries: [outageAt(from, from + length, length), ...course.entries] };
        const longer = outageAt(from, from + length, length + more);
        expectNoneWorse(course, shown);
        expectNoneWorse(shown, { ...course, entries: [longer, ...course.entries] });
      }),
    );
  });

  it('a passed exam at the return lowers nothing', () => {
    fc.assert(
      fc.property(courses, (course) =>
        expectNoneWorse({ ...course, endProven: false }, { ...course, endProven: true }),
      ),
    );
  });

  it('nothing of ours lowers anything: no probe that we ended, and no time that we were out', () => {
    fc.assert(
      fc.property(courses, minute, stretch, (course, at, out) => {
        const spoiled = { ...course, entries: [...courseOf(`O${at}`), ...course.entries] };
        expect(leaseFigures(spoiled, [])).toEqual(leaseFigures(course, []));
        expectNoneWorse(course, { ...course, ours: [...course.ours, out] });
      }),
    );
  });

  it('a failed or unanswered probe raises nothing', () => {
    fc.assert(
      fc.property(courses, fc.constantFrom('F', 'U'), minute, (course, kind, at) => {
        expectNoneWorse({ ...course, entries: [...courseOf(`${kind}${at}`), ...course.entries] }, course);
      }),
    );
  });

  it('the order in which entries, outages of ours and statements come does not matter', () => {
    fc.assert(
      fc.property(courses, fc.array(statements, { maxLength: 10 }), fc.nat(), (course, witness, turn) => {
        const turned = <T>(list: readonly T[]): T[] => {
          const by = list.length === 0 ? 0 : turn % list.length;
          return [...list.slice(by), ...list.slice(0, by)].toReversed();
        };
        const other = { ...course, entries: turned(course.entries), ours: turned(course.ours) };
        expect(leaseFigures(other, turned(witness))).toEqual(leaseFigures(course, witness));
      }),
    );
  });

  it('gaps are apart, in order, within the lease and outside of our outages, and add up to the share', () => {
    fc.assert(
      fc.property(courses, (course) => {
        const { gaps, figures } = leaseFigures(course, []);
        let end = course.from;
        for (const { from, to } of gaps) {
          expect(from).toBeGreaterThanOrEqual(end);
          expect(to).toBeGreaterThan(from);
          for (const out of course.ours)
            expect(to <= out.from || from >= out.to || out.to <= out.from).toBe(true);
          end = to;
        }
        expect(end).toBeLessThanOrEqual(course.to);
        if (gaps.length === 0) expect(figures.provenShare ?? 1).toBe(1);
        else expect(figures.provenShare).toBeLessThan(1);
      }),
    );
  });
});

const statements: fc.Arbitrary<Witnessed> = fc.record({
  card: fc.constant(0),
  at: minute.map((it) => it * minuteMs),
  load: fc.constantFrom(0, 0.05, 0.5, null),
});

describe('the contention index', () => {
  const probes = (times: readonly number[], load: number | null = 0) =>
    times.map((elapsedMs, index) => probeAt(10 * index, { elapsedMs, load }));
  const figuresOf = (
    entries: readonly ReceiptEntry[],
    witness: readonly Witnessed[] = [],
    baselineMs: number | null = 40,
  ) => leaseFigures(card({ entries, baselineMs, to: 600 * minuteMs }), witness).figures;
  const says = (minutesOf: readonly number[], load: number | null): Witnessed[] =>
    minutesOf.map((at) => ({ card: 0, at: at * minuteMs, load }));
  const slow = [100, 90, 80, 80, 80];

  it('is there from five idle probes on, and needs a baseline', () => {
    expect(figuresOf(probes(slow)).contentionIndex).toBe(2);
    expect(figuresOf(probes(slow.slice(1)))).toMatchObject({ contentionIndex: null, idleProbes: 4 });
    expect(figuresOf(probes(slow), [], null)).toMatchObject({ contentionIndex: null, slowIdleProbes: 0 });
  });

  it('has no probe of a busy card, as far as host or witness say', () => {
    expect(figuresOf(probes(slow, 0.11))).toMatchObject({ contentionIndex: null, idleProbes: 0 });
    expect(figuresOf(probes(slow, null))).toMatchObject({ contentionIndex: null, idleProbes: 0 });
    expect(figuresOf(probes(slow, 0.1)).idleProbes).toBe(5);
  });

  it('takes the word of the witness before the word of the host', () => {
    const idle = says([1, 11, 21, 31, 41], 0);
    expect(figuresOf(probes(slow, 0.9), idle)).toMatchObject({ contentionIndex: 2, idleProbes: 5 });
    expect(figuresOf(probes(slow, 0), says([1], 0.9)).idleProbes).toBe(4);
    // What it can't tell is no word.
    expect(figuresOf(probes(slow, 0), says([1], null)).idleProbes).toBe(5);
  });

  it('does not take the work of a tenant who has just begun, or not yet ended, for a foreign load', () => {
    const at = 100;
    const one = [probeAt(at, { load: 0.9, elapsedMs: 200 })];
    expect(figuresOf(one, [...says([at - 1], 0), ...says([at + 1], 0)]).idleProbes).toBe(1);
    expect(figuresOf(one, [...says([at - 1], 0), ...says([at + 1], 0.9)]).idleProbes).toBe(0);
    expect(figuresOf(one, [...says([at - 1], 0.9), ...says([at + 1], 0)]).idleProbes).toBe(0);
    // Farther than five minutes away it says nothing.
    expect(figuresOf(one, says([at + 6], 0)).idleProbes).toBe(0);
    expect(figuresOf(one, [...says([at + 5], 0), ...says([at - 6], 0.9)]).idleProbes).toBe(1);
  });

  it('counts a late answer as the slow one it is, and nothing of a wrong or slow line', () => {
    const codes = ['probe.late', 'probe.slow-line', 'probe.wrong-walk', 'probe.no-table'];
    const of = (code: string) => probeAt(1, { outcome: 'failed', code, elapsedMs: 500 });
    expect(codes.map((code) => figuresOf([of(code)]).idleProbes)).toEqual([1, 0, 0, 0]);
    expect(figuresOf([probeAt(1, { elapsedMs: null })]).idleProbes).toBe(0);
  });

  it('calls slow only what is by a quarter and by ten milliseconds', () => {
    const slowOf = (elapsedMs: number, baselineMs: number) =>
      figuresOf(probes([elapsedMs]), [], baselineMs).slowIdleProbes;
    expect([slowOf(50, 40), slowOf(50.1, 40)]).toEqual([0, 1]);
    expect([slowOf(19, 10), slowOf(20.1, 10)]).toEqual([0, 1]);
    expect([slowOf(124, 100), slowOf(126, 100)]).toEqual([0, 1]);
  });
});

describe('overallFigures', () => {
  it('has the lowest share, the longest gap and the highest index of all cards', () => {
    const one = {
      provenShare: 0.9,
      longestGapMs: 10,
      contentionIndex: null,
      idleProbes: 3,
      slowIdleProbes: 0,
    };
    const two = { provenShare: 0.8, longestGapMs: 5, contentionIndex: 1.5, idleProbes: 7, slowIdleProbes: 6 };
    const all = {
      provenShare: 0.8,
      longestGapMs: 10,
      contentionIndex: 1.5,
      idleProbes: 10,
      slowIdleProbes: 6,
    };
    expect(overallFigures([one, two])).toEqual(all);
    expect(overallFigures([two, one, { ...one, provenShare: null, idleProbes: 0 }])).toEqual(all);
    expect(overallFigures([])).toMatchObject({ provenShare: null, longestGapMs: 0, contentionIndex: null });
  });
});
