import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { docTable } from '../../../testing/doc-table.js';
import { courseOf, minuteMs, probeAt } from '../../../testing/lease-course.js';
import { chanceOfAtLeast } from './chance.js';
import { type Course, receiptFigures } from './receipt.js';

const passed = {
  exam: `ex_${'0'.repeat(32)}`,
  at: 0,
  outcome: 'passed',
  class: 'a',
  gflops: 1,
  bandwidthGBps: 1,
  reasons: ['exam.passed'],
} as const;
type Card = Course['cards'][number];

const cardOf = (changes: Partial<Card> = {}): Card => ({
  card: 0,
  handOver: { ...passed, reasons: [...passed.reasons] },
  return: { ...passed, reasons: [...passed.reasons] },
  baselineMs: 40,
  entries: day(),
  ...changes,
});
const course = (cards: readonly Card[], changes: Partial<Course> = {}): Course => ({
  issuedAt: 1440 * minuteMs,
  startedAt: 0,
  endedAt: 1440 * minuteMs,
  cards,
  ours: [],
  witness: [],
  ...changes,
});
const verdictOf = (cards: readonly Card[], changes: Partial<Course> = {}) =>
  receiptFigures(course(cards, changes)).verdict;

/** A day of probes every ten minutes; those whose place is listed are late, slow ones take 90 ms. */
function day({ late = 0, slow = 0, load = 0 }: { late?: number; slow?: number; load?: number } = {}) {
  return Array.from({ length: 143 }, (_, index) => {
    const elapsedMs = index < slow ? 90 : 40;
    // Apart from each other, so that each is a gap of its own.
    const isLate = index % 3 === 1 && index / 3 < late;
    const changes = isLate ? ({ outcome: 'failed', code: 'probe.late' } as const) : {};
    return probeAt(10 * (index + 1), { elapsedMs, load, ...changes });
  });
}
const exam = (outcome: 'passed' | 'failed' | 'unanswered' | 'ours') => ({
  ...passed,
  outcome,
  reasons: [`exam.${outcome}`],
});

describe('the worked examples of docs/scoring.md', () => {
  it.each(docTable('receipt verdict'))('$verdict of $entries, return $return', (row) => {
    const times = (row['idle probes, ms'] ?? '').split(/\s+/).filter(Boolean).map(Number);
    let next = 0;
    const entries = courseOf(row.entries).map((one) => ({ ...one, elapsedMs: times[next++] ?? 40 }));
    const end = 60 * minuteMs;
    const ended = row.return !== 'to come';
    const returned =
      row.return === 'passed' ? exam('passed') : row.return === 'failed' ? exam('failed') : null;
    const { verdict } = receiptFigures(
      course([cardOf({ entries, return: returned })], { issuedAt: end, endedAt: ended ? end : null }),
    );
    expect([verdict.outcome, verdict.confidence.toFixed(3)]).toEqual([row.verdict, row.confidence]);
  });
});

describe('receiptVerdict', () => {
  it('is whole for a day of probes that were passed, with both exams', () => {
    expect(verdictOf([cardOf()])).toMatchObject({ outcome: 'whole', reasons: ['receipt.whole'] });
    expect(verdictOf([cardOf()]).confidence).toBeGreaterThan(0.999);
  });

  it('is not whole where either exam was failed, whatever the probes say', () => {
    for (const end of ['handOver', 'return'] as const) {
      const verdict = verdictOf([
        cardOf({ [end]: exam('failed'), entries: day({ slow: 143 }) }),
        cardOf({ card: 1 }),
      ]);
      expect(verdict).toMatchObject({ outcome: 'not-whole', reasons: ['receipt.not-whole', 'exam.failed'] });
    }
  });

  it('fails nobody for an exam that a broken line or we ended, and proves nothing either', () => {
    for (const outcome of ['unanswered', 'ours'] as const) {
      expect(verdictOf([cardOf({ return: exam(outcome) })]).outcome).toBe('unproven');
      expect(verdictOf([cardOf({ handOver: exam(outcome) })]).outcome).toBe('unproven');
    }
    expect(verdictOf([cardOf({ return: null })]).outcome).toBe('unproven');
    expect(verdictOf([cardOf({ handOver: null })], { startedAt: null }).outcome).toBe('unproven');
  });

  it('does not miss the exam at the end of a lease that goes on', () => {
    expect(verdictOf([cardOf({ return: null })], { endedAt: null }).outcome).toBe('whole');
  });

  it('is contended where most idle probes are slow, and not where few are', () => {
    expect(verdictOf([cardOf({ entries: day({ slow: 100 }) })])).toMatchObject({
      outcome: 'contended',
      reasons: ['receipt.contended'],
    });
    expect(verdictOf([cardOf({ entries: day({ slow: 70 }) })]).outcome).toBe('whole');
  });

  it('is not clean where the host always said busy: what it says acquits nobody', () => {
    expect(verdictOf([cardOf({ entries: day({ load: 0.9 }) })])).toMatchObject({
      outcome: 'unproven',
      confidence: 0,
    });
  });

  it('is contended where the tenant says that it was idle, whatever the host says', () => {
    const entries = day({ slow: 143, load: 0.9 });
    const witness = entries.map(({ at }) => ({ card: 0, at, load: 0 }));
    expect(verdictOf([cardOf({ entries })], { witness }).outcome).toBe('contended');
    const ofAnother = witness.map((said) => ({ ...said, card: 1 }));
    expect(verdictOf([cardOf({ entries })], { witness: ofAnother }).outcome).toBe('unproven');
  });

  it('is absent where more probes broke than an honest card breaks, with their codes', () => {
    expect(verdictOf([cardOf({ entries: day({ late: 12 }) })])).toMatchObject({
      outcome: 'absent',
      reasons: ['receipt.absent', 'probe.late'],
    });
    expect(verdictOf([cardOf({ entries: day({ late: 3 }) })]).outcome).toBe('whole');
    // More than 5 % are not proven, but so many late ones may be chance.
    expect(verdictOf([cardOf({ entries: day({ late: 5 }) })])).toMatchObject({
      outcome: 'unproven',
      reasons: ['receipt.unproven', 'probe.late'],
    });
  });

  it('is absent where nobody could ask for hours', () => {
    const entries = day().filter(({ at }) => at < 300 * minuteMs || at > 480 * minuteMs);
    expect(verdictOf([cardOf({ entries })]).outcome).toBe('absent');
    const ours = [{ from: 300 * minuteMs, to: 480 * minuteMs }];
    expect(verdictOf([cardOf({ entries })], { ours }).outcome).toBe('whole');
  });

  it('says too little of a handful of probes', () => {
    const entries = day().slice(0, 4);
    const [issuedAt, endedAt] = [50 * minuteMs, 50 * minuteMs];
    expect(verdictOf([cardOf({ entries })], { issuedAt, endedAt }).outcome).toBe('unproven');
    const hour = { issuedAt: 60 * minuteMs, endedAt: 60 * minuteMs };
    // Five answers tell how fast the card was, and only four that it was there.
    expect(verdictOf([cardOf({ entries: courseOf('P28 P29 F30 P31 P32') })], hour).outcome).toBe('unproven');
    expect(verdictOf([cardOf({ entries: courseOf('P28 P29 F30 P31 P32 P33') })], hour).outcome).toBe('whole');
    expect(verdictOf([])).toEqual({ outcome: 'unproven', confidence: 0, reasons: ['receipt.unproven'] });
  });

  it('is that of the worst card, with the reasons of all such cards', () => {
    const bad = cardOf({ card: 1, entries: day({ late: 12 }) });
    expect(verdictOf([cardOf(), bad]).outcome).toBe('absent');
    expect(verdictOf([bad, cardOf({ card: 2, entries: day({ slow: 143 }) })]).outcome).toBe('contended');
  });
});

describe('an honest lease', () => {
  it('is seldom called contended or absent, however short: with the hiccups that an honest card may have', () => {
    // Exactly, over all numbers of slow and of broken probes among those of one, two or six hours.
    for (const probes of [6, 12, 36]) {
      let [contended, absent] = [0, 0];
      for (let bad = 0; bad <= probes; bad++) {
        const exactly = (each: number) =>
          chanceOfAtLeast(bad, probes, each) - chanceOfAtLeast(bad + 1, probes, each);
        const minutes = { issuedAt: (probes + 1) * 10 * minuteMs, endedAt: (probes + 1) * 10 * minuteMs };
        const slowed = day({ slow: bad }).slice(0, probes);
        const broken = day()
          .slice(0, probes)
          .map((one, index) =>
            index < bad ? { ...one, outcome: 'failed' as const, code: 'probe.late' } : one,
          );
        if (verdictOf([cardOf({ entries: slowed })], minutes).outcome === 'contended')
          contended += exactly(0.05);
        if (verdictOf([cardOf({ entries: broken })], minutes).outcome === 'absent') absent += exactly(0.02);
      }
      expect(contended).toBeLessThan(1e-4);
      expect(absent).toBeLessThan(0.05);
    }
  });
});

describe('chanceOfAtLeast', () => {
  it('is the tail of the binomial distribution', () => {
    expect(chanceOfAtLeast(0, 5, 0.05)).toBe(1);
    expect(chanceOfAtLeast(6, 5, 0.5)).toBe(0);
    expect(chanceOfAtLeast(3, 5, 0.05)).toBeCloseTo(1.158e-3, 6);
    expect(chanceOfAtLeast(5, 5, 0.5)).toBeCloseTo(1 / 32, 12);
    expect(chanceOfAtLeast(1, 1000, 0.001)).toBeCloseTo(1 - 0.999 ** 1000, 12);
    expect([chanceOfAtLeast(2, 3, 0), chanceOfAtLeast(2, 3, 1)]).toEqual([0, 1]);
  });

  it('falls with what is asked for, and is a chance', () => {
    fc.assert(
      fc.property(
        fc.nat(500),
        fc.nat(500),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (least, trials, each) => {
          const chance = chanceOfAtLeast(least, trials, each);
          expect(chance).toBeGreaterThanOrEqual(0);
          expect(chance).toBeLessThanOrEqual(1);
          expect(chanceOfAtLeast(least + 1, trials, each)).toBeLessThanOrEqual(chance + 1e-9);
        },
      ),
    );
  });
});
