import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExamOutcome } from '../../../protocol/status.js';
import { docTable } from '../../testing/doc-table.js';
import { availability, windowMinutes } from './availability.js';
import { after, afterHistory, integrityOf, memory, passesNeeded, start, threshold } from './integrity.js';
import { performance } from './performance.js';
import { type Score, type ScoreInputs, scoreDevice } from './v1.js';

const letters: Record<string, ExamOutcome> = { P: 'passed', F: 'failed', U: 'unanswered', O: 'ours' };

/** `F×9 P` → nine fails and a pass. */
const historyOf = (text = ''): ExamOutcome[] =>
  text.split(/\s+/).flatMap((run) => {
    const [letter = '', times = '1'] = run.split('×');
    return Array<ExamOutcome>(letter === '' ? 0 : Number(times)).fill(letters[letter] as ExamOutcome);
  });
const ratesOf = (text = ''): number[] => text.split(/\s+/).filter(Boolean).map(Number);
const shown = (value: number | null, digits: number): string => value?.toFixed(digits) ?? '–';

describe('the worked examples of docs/scoring.md', () => {
  it.each(docTable('integrity'))('integrity after $history', (row) => {
    const state = afterHistory(historyOf(row.history));
    expect({
      α: shown(state.alpha, 4),
      β: shown(state.beta, 4),
      integrity: shown(integrityOf(state), 4),
      'passes needed': String(passesNeeded(state)),
    }).toEqual({ α: row.α, β: row.β, integrity: row.integrity, 'passes needed': row['passes needed'] });
  });

  it.each(docTable('trips'))('a card that fails $fails of $exams exams', (row) => {
    const fails = Number.parseFloat(row.fails ?? '') / 100;
    expect(probabilityToTrip(fails, Number(row.exams)).toExponential(1)).toBe(row.trips);
  });

  it.each(docTable('availability'))('availability of $up minutes of $countable minutes', (row) => {
    const { value, low, probes } = availability(minutesOf(row));
    expect([shown(value, 4), String(probes), shown(low, 3)]).toEqual([row.A, row.probes, row.A_low]);
  });

  it.each(docTable('performance'))('performance of $performance', (row) => {
    const value = performance(ratesOf(row['GFLOP/s, oldest first']), Number(row.expectation));
    expect(shown(value, 3)).toBe(row.performance);
  });

  it.each(docTable('reputation'))('reputation $reputation', (row) => {
    const rates = ratesOf(row['GFLOP/s']).map((gflops) => proven(0, gflops));
    // Rates come first and passes without one after them; neither changes what the other counts for.
    const passes = historyOf(row.history).map((outcome) => ended(0, outcome));
    const score = scoreDevice({
      cards: [{ card: 0, class: 'a', expectedGflops: Number(row.expectation) }],
      exams: [...rates, ...passes],
      presence: minutesOf(row),
    });
    expect(shown(score.reputation, 1)).toBe(row.reputation);
  });
});

const minutesOf = (row: Record<string, string>) => ({
  up: Number(row['up minutes']),
  countable: Number(row['countable minutes']),
});
const ended = (card: number, outcome: ExamOutcome) => ({ card, outcome, class: null, gflops: null });
const proven = (card: number, gflops: number) => ({ card, outcome: 'passed' as const, class: 'a', gflops });

/**
 * The probability that a card which fails every exam with probability `fails`, independently, falls below the threshold
 * within `exams` exams. Exact up to the grid: backwards over β, as α + β is always 50.
 */
function probabilityToTrip(fails: number, exams: number): number {
  const highest = (1 - threshold) * (start.alpha + start.beta);
  const grid = 2000;
  const at = (values: Float64Array, beta: number): number => {
    if (beta > highest) return 1;
    const place = (beta / highest) * grid;
    const low = Math.floor(place);
    return (values[low] ?? 1) * (1 - place + low) + (values[Math.min(low + 1, grid)] ?? 1) * (place - low);
  };
  let later = new Float64Array(grid + 1);
  for (let exam = 0; exam < exams; exam++) {
    later = Float64Array.from(later, (_, index) => {
      const kept = memory * (index / grid) * highest;
      return (1 - fails) * at(later, kept) + fails * at(later, kept + 1);
    });
  }
  return later[0] ?? 0;
}

describe('integrity', () => {
  it('trips at the ninth fail in a row from the start, not at the eighth', () => {
    const fails = (count: number) => integrityOf(afterHistory(Array<ExamOutcome>(count).fill('failed')));
    expect(fails(8)).toBeGreaterThanOrEqual(threshold);
    expect(fails(9)).toBeLessThan(threshold);
  });

  it('says exactly how many passes bring a card back', () => {
    fc.assert(
      fc.property(histories, (outcomes) => {
        const state = afterHistory(outcomes);
        const needed = passesNeeded(state);
        const integrityAfter = (passes: number) =>
          integrityOf(Array<ExamOutcome>(passes).fill('passed').reduce(after, state));
        expect(integrityAfter(needed)).toBeGreaterThanOrEqual(threshold);
        if (needed > 0) expect(integrityAfter(needed - 1)).toBeLessThan(threshold);
      }),
    );
  });
});

const histories = fc.array(fc.constantFrom<ExamOutcome>('passed', 'failed', 'unanswered', 'ours'), {
  maxLength: 200,
});
const anyExam = fc.oneof(
  fc.record({
    card: fc.integer({ min: 0, max: 2 }),
    outcome: fc.constantFrom<ExamOutcome>('failed', 'unanswered', 'ours'),
    class: fc.constant(null),
    gflops: fc.constant(null),
  }),
  fc.record({
    card: fc.integer({ min: 0, max: 2 }),
    outcome: fc.constant('passed' as const),
    class: fc.constantFrom('a', 'b'),
    gflops: fc.double({ min: 0.1, max: 400, noNaN: true }),
  }),
);
const devices: fc.Arbitrary<ScoreInputs> = fc.record({
  cards: fc.constant([0, 1].map((card) => ({ card, class: 'a', expectedGflops: 100 }))),
  exams: fc.array(anyExam, { maxLength: 60 }),
  presence: fc
    .tuple(fc.integer({ min: 0, max: windowMinutes }), fc.integer({ min: 0, max: windowMinutes }))
    .map(([up, down]) => ({ up, countable: up + down })),
});

const numbersOf = ({
  integrity,
  availability: { value, low },
  performance: { value: speed },
  reputation,
}: Score) => [
  integrity.value,
  value ?? 0,
  low,
  // Before the first proven rate there is nothing that could be lowered.
  speed ?? 0,
  reputation,
];

function expectNoneLower(before: Score, afterwards: Score): void {
  const old = numbersOf(before);
  numbersOf(afterwards).forEach((value, index) => {
    expect(value).toBeGreaterThanOrEqual((old[index] ?? 0) - 1e-12);
  });
}

describe('scoreDevice', () => {
  it('never goes down by a pass at the full rate, however fast those before it were', () => {
    const rates = fc.double({ min: 100, max: 1000, noNaN: true });
    const provenBefore = fc.array(fc.double({ min: 1, max: 400, noNaN: true }), {
      minLength: 1,
      maxLength: 15,
    });
    fc.assert(
      fc.property(
        devices,
        provenBefore,
        fc.integer({ min: 0, max: 1 }),
        rates,
        (device, first, card, rate) => {
          // Both cards have a rate: a card's first rate may well be its slowest.
          const exams = [
            ...first.flatMap((gflops) => [proven(0, gflops), proven(1, gflops)]),
            ...device.exams,
          ];
          const more = { ...device, exams: [...exams, proven(card, rate)] };
          expectNoneLower(scoreDevice({ ...device, exams }), scoreDevice(more));
        },
      ),
    );
  });

  it('never goes down by a minute up', () => {
    fc.assert(
      fc.property(devices, fc.integer({ min: 1, max: 5000 }), (device, minutes) => {
        const presence = { up: device.presence.up + minutes, countable: device.presence.countable + minutes };
        expectNoneLower(scoreDevice(device), scoreDevice({ ...device, presence }));
      }),
    );
  });

  it('does not change by exams that we ended or a broken line ended, nor by cards that are not there', () => {
    const noMark = fc.record({
      card: fc.integer({ min: 0, max: 2 }),
      outcome: fc.constantFrom<ExamOutcome>('ours', 'unanswered'),
      class: fc.constant(null),
      gflops: fc.constant(null),
    });
    fc.assert(
      fc.property(devices, fc.array(noMark), (device, extra) => {
        const gone = [ended(2, 'failed'), ended(2, 'failed')];
        const exams = [...extra, ...device.exams, ...gone];
        expect(scoreDevice({ ...device, exams })).toEqual(scoreDevice(device));
      }),
    );
  });

  it('does not suspend a machine of sixteen cards for one hiccup of all', () => {
    const cards = Array.from({ length: 16 }, (_, card) => ({ card, class: 'a', expectedGflops: 100 }));
    const exams = cards.map(({ card }) => ended(card, 'failed'));
    const { integrity } = scoreDevice({ cards, exams, presence: { up: 0, countable: 0 } });
    expect(integrity).toMatchObject({ value: 0.98, passesNeeded: 0 });
  });

  it('has the integrity and the speed of its worst card, and names it', () => {
    const cards = [0, 1, 2].map((card) => ({ card, class: 'a', expectedGflops: 100 }));
    const exams = [proven(0, 70), ended(1, 'failed'), proven(1, 90), proven(2, 100)];
    const score = scoreDevice({ cards, exams, presence: { up: 60, countable: 60 } });
    expect(score.integrity.card).toBe(1);
    expect(score.performance).toEqual({ value: 0.7, card: 0, measured: 1, expectedGflops: 100 });
  });

  it('takes no rate of another class for a card that was replaced', () => {
    const cards = [{ card: 0, class: 'b', expectedGflops: 50 }];
    const score = scoreDevice({ cards, exams: [proven(0, 100)], presence: { up: 0, countable: 0 } });
    expect(score.performance.value).toBeNull();
  });

  it('starts a device at full integrity and no reputation', () => {
    const score = scoreDevice({ cards: [], exams: [], presence: { up: 0, countable: 0 } });
    expect(score.integrity).toEqual({ value: 1, alpha: 50, beta: 0, threshold, passesNeeded: 0, card: null });
    expect(score.reputation).toBe(0);
  });
});
