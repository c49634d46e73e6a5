import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { docTable } from '../testing/doc-table.js';
import type { CardClass, Expectation } from './catalogue.js';
import { givenClass } from './given.js';
import { type LearnedFigure, largestStep, learn } from './learn.js';
import { type FleetCard, sampleOf } from './testing/fleet.js';

const floor = 50;
const figured: Expectation = {
  gflops: 64,
  lowGflops: floor,
  ceilingGflops: 1000,
  basis: 'published-peak',
  source: 'a data sheet',
};
const guess: Expectation = { ...figured, gflops: 3, lowGflops: 3, basis: 'prior' };
const memory = { bandwidthGBps: 100, tableGops: 100, bestGops: 1000 };
const hundred: CardClass = {
  ...givenClass('hundred', 'gpu', { gflops: 1, memory }),
  expectations: { 'onnx-cuda': figured, '*': guess },
};
const published = { classes: [hundred] };
const measured = { floor, own: true };
const unmeasured = { floor, own: false, engine: 'webgpu' };

/** GPUs of four owners in turn. */
const fleet = (rates: readonly number[]): FleetCard[] =>
  rates.map((gflops, i) => ({ gflops, owner: `owner ${i % 4}` }));
const equal = (count: number, gflops: number) => fleet(Array.from({ length: count }, () => gflops));
const learnt = (cards: FleetCard[], before: LearnedFigure[] = [], of = measured, least = 30) =>
  learn(published, before, [sampleOf(cards, of)], least);
/** Many epochs of the same fleet. */
function settled(cards: FleetCard[], of = measured, before: LearnedFigure[] = []): LearnedFigure[] {
  let figures = before;
  for (let epoch = 0; epoch < 200; epoch += 1) figures = learnt(cards, figures, of);
  return figures;
}

describe('figures learned from the fleet', () => {
  it('come to a floor 22 % below the median, by steps of 5 % at most', () => {
    const [first] = learnt(equal(40, 100));
    expect(first?.lowGflops).toBeCloseTo(floor * 1.05);
    expect(first?.gflops).toBeCloseTo(64 * 1.05);
    const [last] = settled(equal(40, 100));
    expect(last?.lowGflops).toBeGreaterThan(78 * 0.99);
    expect(last?.lowGflops).toBeLessThanOrEqual(78);
    expect(last).toMatchObject({ class: 'hundred', engine: 'onnx-cuda', cards: 40, q50: 100 });
  });

  it('leave room for the slowest model of the class, however few of it there are', () => {
    // 200 of a model that does 100, and one each of a model that does 80 and its slowest: 62.4.
    const cards = fleet([...Array.from({ length: 200 }, () => 100), 80, 62.4]);
    const uneven = { classes: [{ ...hundred, slowestShare: 0.8 }] };
    let figures: LearnedFigure[] = [];
    for (let epoch = 0; epoch < 200; epoch += 1)
      figures = learn(uneven, figures, [sampleOf(cards, measured)], 30);
    expect(figures[0]?.lowGflops).toBeGreaterThan(62.4 * 0.99);
    expect(figures[0]?.lowGflops).toBeLessThanOrEqual(62.4 + 1e-9);
    expect(figures[0]?.gflops).toBeLessThanOrEqual(80 + 1e-9);
    expect(settled(cards)[0]?.lowGflops).toBeGreaterThan(62.4);
  });

  it('are none from fewer GPUs than the least, from too few owners, or mostly from one', () => {
    expect(learnt(equal(29, 100))).toEqual([]);
    expect(learnt(equal(30, 100))).toHaveLength(1);
    const two = equal(40, 100).map((card, i) => ({ ...card, owner: `owner ${i % 2}` }));
    expect(learnt(two)).toEqual([]);
    const one = equal(40, 100).map((card, i) => ({ ...card, owner: i < 21 ? 'farm' : `owner ${i}` }));
    expect(learnt(one)).toEqual([]);
    expect(learnt(one.slice(1))).toEqual([]);
    expect(learnt(one.slice(2))).toHaveLength(1);
  });

  it('are none where the sample is more than one class: 2 % of it would be thrown out', () => {
    expect(learnt([...equal(97, 100), ...fleet([60, 60, 60])])).toEqual([]);
    expect(learnt([...equal(99, 100), ...fleet([60])])).toHaveLength(1);
  });

  it('are none above physics, and none of classes without a memory that confirms them', () => {
    expect(learnt(equal(40, 1001))).toEqual([]);
    for (const other of [{ memory: null }, { eligible: false }, { kind: 'cpu' as const }]) {
      const classes = [{ ...hundred, ...other }];
      expect(learn({ classes }, [], [sampleOf(equal(40, 100), measured)], 30)).toEqual([]);
    }
    expect(learn({ classes: [] }, settled(equal(40, 100)), [], 30)).toEqual([]);
  });

  it('go back by the same steps when the fleet does not bear them any more, until none is left', () => {
    let figures = settled(equal(40, 100));
    let floorBefore = figures[0]?.lowGflops ?? 0;
    for (let epoch = 0; epoch < 30 && figures.length > 0; epoch += 1) {
      figures = learn(published, figures, [], 30);
      const low = figures[0]?.lowGflops ?? floor;
      expect(low).toBeGreaterThanOrEqual(Math.max(floor, floorBefore * (1 - largestStep) * (1 - 1e-9)));
      floorBefore = low;
    }
    expect(figures).toEqual([]);
  });

  it('stay as they were frozen while next to nothing changes', () => {
    const before = settled(equal(40, 100));
    expect(learnt(equal(41, 100.2), before)).toEqual(before);
  });

  it('come up at once to a published floor that is newer and higher', () => {
    const before = settled(equal(40, 100));
    const higher = { ...hundred, expectations: { 'onnx-cuda': { ...figured, lowGflops: 95 }, '*': guess } };
    const [figure] = learn({ classes: [higher] }, before, [sampleOf(equal(40, 100), measured)], 30);
    expect(figure?.lowGflops).toBe(95);
  });

  it('of an engine that nobody measured come whole, and never undercut the other engines', () => {
    const [first] = learnt(equal(40, 100), [], unmeasured);
    expect(first).toMatchObject({ engine: 'webgpu', gflops: 100, lowGflops: 78 });
    // Slow, but honest: there a floor would throw out who passes today, so there is none.
    expect(learnt(equal(40, 20), [], unmeasured)).toEqual([]);
    expect(learnt([...equal(90, 100), ...equal(10, 20)], [], unmeasured)).toEqual([]);
    const [near] = learnt(equal(40, 55), [], unmeasured);
    expect(near?.lowGflops).toBe(floor);
    // Their floor would be 43 by the median alone, and those of 45 be thrown out by the published one.
    expect(learnt([...equal(96, 55), ...equal(4, 45)], [], unmeasured)).toEqual([]);
  });
});

describe('the worked examples of docs/scoring.md', () => {
  it.each(docTable('learned'))('$GPUs', (row) => {
    const cards = (row.GPUs ?? '').split(' + ').flatMap((part) => {
      const [count, gflops] = part.split('×').map(Number);
      return Array.from({ length: count ?? 0 }, () => gflops ?? 0);
    });
    const figureAfter = (epochs: number) => {
      let figures: LearnedFigure[] = [];
      for (let epoch = 0; epoch < epochs; epoch += 1) figures = learnt(fleet(cards), figures);
      return figures[0] ?? figured;
    };
    const low = (epochs: number) => figureAfter(epochs).lowGflops.toFixed(1);
    expect([low(1), low(3), low(200), figureAfter(200).gflops.toFixed(1)]).toEqual([
      row['floor after 1 hour'],
      row['after 3 hours'],
      row['in the end'],
      row['expected in the end'],
    ]);
  });
});

const rate = fc.double({ min: floor, max: 300, noNaN: true });
/** Honest cards of one model differ by 22 % at most. */
const honest = fc
  .tuple(
    fc.double({ min: 70, max: 300, noNaN: true }),
    fc.array(fc.double({ min: 0.78, max: 1, noNaN: true }), { minLength: 40, maxLength: 200 }),
  )
  .map(([best, shares]) => shares.map((share) => best * share));
const shareBelow = (rates: readonly number[], low: number) =>
  rates.filter((one) => one < low).length / rates.length;

describe('whoever lies to the fleet', () => {
  it('cannot lower a floor by more than a step with slow cards, however many, nor ever below the published one', () => {
    fc.assert(
      fc.property(
        honest,
        fc.array(fc.double({ min: 1, max: 60, noNaN: true }), { maxLength: 400 }),
        (rates, liars) => {
          for (const of of [measured, unmeasured]) {
            const before = settled(fleet(rates), of);
            const after = learnt(fleet([...rates, ...liars]), before, of);
            const [low, was] = [after[0]?.lowGflops ?? floor, before[0]?.lowGflops ?? floor];
            expect(low).toBeGreaterThanOrEqual(Math.max(floor, was * (1 - largestStep) * (1 - 1e-9)));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('leaves a floor with honest cards that no more than 2 % of them are below, while it rises', () => {
    fc.assert(
      fc.property(fc.array(rate, { minLength: 30, maxLength: 200 }), (rates) => {
        for (const of of [measured, unmeasured]) {
          const [figure] = settled(fleet(rates), of);
          if (figure !== undefined) expect(shareBelow(rates, figure.lowGflops)).toBeLessThanOrEqual(0.02);
        }
      }),
    );
  });

  it('throws out 2 % over the honest share with fast cards: half of the sample, at most 4 % of the honest', () => {
    fc.assert(
      fc.property(honest, fc.double({ min: 1, max: 3, noNaN: true }), (rates, faster) => {
        const liars = rates.map((one) => Math.min(one * faster, 1000));
        const [figure] = settled(fleet([...rates, ...liars]));
        if (figure !== undefined)
          expect(shareBelow(rates, figure.lowGflops)).toBeLessThanOrEqual(0.04 + 1e-9);
      }),
    );
  });

  it('finds the same figures for the same fleet, in whatever order it is told of', () => {
    const samples = fc
      .array(
        fc
          .tuple(fc.constantFrom('onnx-cuda', 'webgpu', 'tfjs'), honest)
          .map(([engine, rates]) => sampleOf(fleet(rates), { floor, own: engine === 'onnx-cuda', engine })),
        { maxLength: 3 },
      )
      .map((all) => [...new Map(all.map((one) => [one.engine, one])).values()]);
    fc.assert(
      fc.property(samples, (all) => {
        const before = learn(published, [], all, 30);
        const again = learn(published, before.toReversed(), all.toReversed(), 30);
        expect(again).toEqual(learn(published, before, all, 30));
        expect(before.map(({ engine }) => engine)).toEqual(before.map(({ engine }) => engine).toSorted());
      }),
    );
  });
});
