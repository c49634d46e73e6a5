import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partition } from './partition.js';
import { loadCatalogueData } from './read-catalogue.js';
import { likeness, type Measurable, measurable, tellsApart } from './tell-apart.js';

const data = loadCatalogueData();
const published = data.models.map((model) => measurable(model, data.measured));
const card = (
  model: string,
  fp32TFLOPS: number,
  bandwidthGBps: number,
  more: Partial<Measurable> = {},
): Measurable => ({
  model,
  vendor: 'nvidia',
  fp32TFLOPS,
  measuredTFLOPS: null,
  bandwidthGBps,
  memoryGB: 8,
  ...more,
});
const figures = fc.record({
  vendor: fc.constantFrom('nvidia', 'amd'),
  fp32TFLOPS: fc.double({ min: 10, max: 20, noNaN: true }),
  measuredTFLOPS: fc.option(fc.double({ min: 5, max: 10, noNaN: true })),
  bandwidthGBps: fc.double({ min: 400, max: 600, noNaN: true }),
  memoryGB: fc.option(fc.constantFrom(8, 12)),
});
const anyModels = fc
  .array(figures, { maxLength: 12 })
  .map((all) => all.map((one, at): Measurable => ({ model: `X${at}`, ...one })));
const byName = (models: readonly Measurable[], names: readonly string[]) =>
  names.map((name) => models.find(({ model }) => model === name) as Measurable);

describe('the published classes', () => {
  it('are those that physics makes of the catalogue: a new model needs its class in classes.json', () => {
    const order = new Map(published.map(({ model }, at) => [model, at]));
    const listed = data.together.map(({ models }) =>
      models.toSorted((a, b) => (order.get(a) ?? -1) - (order.get(b) ?? -1)),
    );
    const computed = partition(published).filter(({ length }) => length > 1);
    expect(new Set(listed.map(String))).toEqual(new Set(computed.map(String)));
  });

  it('each say why, once, of models that are listed and have one size', () => {
    const ids = data.together.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { models, why } of data.together) {
      expect(why?.length).toBeGreaterThan(20);
      const sizes = byName(published, models).map(({ memoryGB }) => memoryGB ?? 1);
      // A claim fits a class within three per cent above its size: `classOfClaim`.
      expect(Math.max(...sizes) / Math.min(...sizes)).toBeLessThanOrEqual(1.03);
    }
  });

  it('name a twin of the same die for each model that takes its share', () => {
    for (const { model, as } of data.sameShare) {
      const [one, twin] = [model, as].map((name) => data.models.find((known) => known.model === name));
      expect(one?.die, model).toBe(twin?.die);
      expect(
        data.measured.some((rate) => rate.model === as),
        as,
      ).toBe(true);
      expect(
        data.measured.some((rate) => rate.model === model),
        model,
      ).toBe(false);
    }
  });
});

describe('tellsApart', () => {
  it.each([
    ['bandwidth', 'RTX 3070', 'RTX 3070 Ti'],
    ['arithmetic', 'RTX 4070', 'RTX 4070 Ti'],
    ['memory', 'A100 SXM4 40GB', 'A100 SXM4 80GB'],
    ['memory', 'RTX 4060 Ti 8GB', 'RTX 4060 Ti 16GB'],
    ['vendor', 'RX 7900 XTX', 'RTX 4090 D'],
    [null, 'L40', 'L40S'],
    [null, 'RTX 3090', 'RTX A5000'],
    [null, 'RTX 5070 Ti', 'RTX 4080'],
  ])('by %s: %s and %s', (by, a, b) => {
    const [one, other] = byName(published, [a, b]) as [Measurable, Measurable];
    expect(tellsApart(one, other)).toBe(by);
    expect(tellsApart(other, one)).toBe(by);
  });

  it('takes models for different only where the data sheet and a measurement both say so', () => {
    const slow = { measuredTFLOPS: 6 };
    expect(tellsApart(card('a', 10, 400), card('b', 20, 400))).toBe('arithmetic');
    expect(tellsApart(card('a', 10, 400, slow), card('b', 20, 400, slow))).toBeNull();
    expect(tellsApart(card('a', 10, 400, slow), card('b', 10, 400, { measuredTFLOPS: 9 }))).toBeNull();
    expect(tellsApart(card('a', 10, 400, slow), card('b', 20, 400, { measuredTFLOPS: 9 }))).toBe(
      'arithmetic',
    );
  });

  it('draws the line at the spread of honest cards', () => {
    expect(tellsApart(card('a', 7.81, 400), card('b', 10, 400))).toBeNull();
    expect(tellsApart(card('a', 7.79, 400), card('b', 10, 400))).toBe('arithmetic');
    expect(tellsApart(card('a', 10, 311), card('b', 10, 400))).toBe('bandwidth');
    expect(tellsApart(card('a', 10, 400, { memoryGB: 94 }), card('b', 10, 400, { memoryGB: 96 }))).toBeNull();
  });
});

describe('partition', () => {
  it('does not let a chain of like models make one class of its ends', () => {
    const chain = [card('a', 10, 400), card('b', 12, 400), card('c', 14.5, 400)];
    expect(tellsApart(chain[0] as Measurable, chain[2] as Measurable)).toBe('arithmetic');
    // The closer two are joined: 10 is nearer to 12 than 12 is to 14.5.
    expect(partition(chain)).toEqual([['a', 'b'], ['c']]);
  });

  it('puts each model into one class, of which no exam tells any two apart, and that none can be added to', () => {
    fc.assert(
      fc.property(anyModels, (models) => {
        const classes = partition(models);
        expect(classes.flat().toSorted()).toEqual(models.map(({ model }) => model).toSorted());
        for (const [at, names] of classes.entries()) {
          const members = byName(models, names);
          for (const a of members) for (const b of members) expect(tellsApart(a, b)).toBeNull();
          for (const others of classes.slice(at + 1)) {
            const joined = byName(models, others).flatMap((b) => members.map((a) => tellsApart(a, b)));
            expect(joined.some((by) => by !== null)).toBe(true);
          }
        }
      }),
    );
  });

  it('is the same whatever way the models are listed, but for ties', () => {
    fc.assert(
      fc.property(anyModels, (models) => {
        const alike = models.flatMap((a, at) =>
          models.slice(at + 1).map((b) => Math.min(...Object.values(likeness(a, b)))),
        );
        fc.pre(new Set(alike).size === alike.length);
        const sets = (classes: string[][]) => new Set(classes.map((names) => names.toSorted().join()));
        expect(sets(partition(models.toReversed()))).toEqual(sets(partition(models)));
      }),
    );
  });
});
