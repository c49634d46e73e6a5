import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classById } from './catalogue.js';
import { givenClass } from './given.js';
import {
  bases,
  classesAsImpersonators,
  gain,
  impersonationMatrix,
  impersonators,
  type Pair,
} from './impersonation.js';
import { issuedCounts, paperCounts } from './impersonation-counts.js';
import { loadCatalogue, loadCatalogueData } from './read-catalogue.js';
import { loadUnits } from './read-units.js';

const catalogue = loadCatalogue();
const cards = impersonators(loadCatalogueData());
const units = loadUnits();
const matrix = impersonationMatrix(cards, catalogue, units);
const named = (id: string) => {
  const found = classById(catalogue, id);
  if (found === null) throw new Error(`no class ${id}`);
  return found;
};
const figuresOf = (name: string) => {
  const found = cards.find((card) => card.name === name)?.figures;
  if (found === undefined) throw new Error(`no model ${name}`);
  return found;
};

interface Allowed {
  readonly basis: string;
  readonly as: string;
  readonly adr: string;
  readonly cards: readonly string[];
}
const { allowed } = JSON.parse(
  readFileSync(new URL('impersonation-allowed.json', import.meta.url), 'utf8'),
) as { allowed: readonly Allowed[] };

describe('pairs where one card gains as two or more', () => {
  const key = (basis: string, card: string, as: string) => `${basis}: ${card} as ${as}`;
  const listed = allowed.flatMap(({ basis, as, cards: names }) => names.map((name) => key(basis, name, as)));
  const paying = bases.flatMap((basis) => matrix.pays[basis].map(({ card, as }) => key(basis, card, as)));

  it('are all allowed by name: a price or a figure that makes another one pay needs a decision', () => {
    expect(paying.filter((pair) => !listed.includes(pair))).toEqual([]);
  });

  it('still pay where they are listed', () => {
    expect(listed.filter((pair) => !paying.includes(pair))).toEqual([]);
    expect(new Set(listed).size).toBe(listed.length);
  });

  it('are named by the decision that allows them', () => {
    const adrs = new URL('../../docs/adr/', import.meta.url);
    for (const { basis, as, adr, cards: names } of allowed) {
      const file = readdirSync(adrs).find((name) => name.startsWith(`${adr}-`));
      expect(file, adr).toBeDefined();
      const text = readFileSync(new URL(file as string, adrs), 'utf8');
      const [, section = ''] = text.split(`### Allowed: ${basis}\n`);
      const line = section
        .split('\n### ')[0]
        ?.split('\n')
        .find((one) => one.startsWith(`- \`${as}\`: `));
      const list = line?.slice(`- \`${as}\`: `.length).replace(/\.$/, '').split('; ');
      expect(list, `${adr} on ${basis}, ${as}`).toEqual(names);
    }
  });
});

describe('the matrix', () => {
  it('is of priced models and paid classes, and names the others', () => {
    expect(matrix.cards + matrix.unpaid.length).toBe(cards.length);
    expect(matrix.unpaid).toContain('MI300X');
    expect(matrix.unpaid).not.toContain('RTX 4090 D');
  });

  it('has less that pays the more is measured at the same instant', () => {
    for (const basis of bases) {
      const { compute, bandwidth, memory, all, ownEngines } = matrix.summary[basis];
      expect(all).toBe(matrix.pays[basis].length);
      expect(all).toBeLessThanOrEqual(Math.min(compute, bandwidth, memory));
      expect(ownEngines).toBeLessThanOrEqual(all);
      expect(all).toBeGreaterThan(0);
    }
    expect(matrix.summary.paper.all).toBeLessThan(0.2 * matrix.summary.paper.memory);
  });

  it('lists the most profitable first, and only what gains', () => {
    for (const basis of bases) {
      const gains = matrix.pays[basis].map((pair) => gain(pair, basis));
      expect(gains).toEqual(gains.toSorted((a, b) => b - a));
      for (const pair of matrix.pays[basis]) {
        expect(pair.counts[basis].all).toBeGreaterThanOrEqual(2);
        expect(gain(pair, basis)).toBeGreaterThan(1);
      }
      for (const pair of matrix.dearer[basis]) {
        expect(pair.counts[basis].all).toBe(1);
        expect(pair.units.as).toBeGreaterThan(pair.units.card);
      }
    }
  });

  it('is the same every time', () => {
    expect(impersonationMatrix(cards, catalogue, units)).toEqual(matrix);
  });

  it('would leave next to nothing on paper if cards were paid by their memory', () => {
    const flat = new Map([...units.keys()].map((model) => [model, 1]));
    const worthMemory = new Map(
      [...units.keys()].map((model) => [model, figuresOf(model).memoryBytes / 2 ** 30]),
    );
    expect(impersonationMatrix(cards, catalogue, flat).pays.paper.length).toBeGreaterThan(100);
    // Paid by memory alone, a table of 85 % gains at most what it leaves out.
    for (const pair of impersonationMatrix(cards, catalogue, worthMemory).pays.paper)
      expect(gain(pair, 'paper')).toBeLessThan(1 / 0.85);
  });

  it('never pays more where a class is paid less', () => {
    const models = [...units.keys()];
    fc.assert(
      fc.property(
        fc.constantFrom(...models),
        fc.double({ min: 0.1, max: 0.99, noNaN: true }),
        (model, factor) => {
          const cut = new Map(units).set(model, (units.get(model) ?? 1) * factor);
          const home = cards.find(({ name }) => name === model)?.honest.id;
          const as = (pairs: readonly Pair[]) =>
            pairs.filter((pair) => pair.as === home && !isOf(pair.card, home)).length;
          const after = impersonationMatrix(cards, catalogue, cut).pays;
          for (const basis of bases) expect(as(after[basis])).toBeLessThanOrEqual(as(matrix.pays[basis]));
        },
      ),
      { numRuns: 10 },
    );
  });
});

const isOf = (card: string, id: string | undefined) =>
  cards.find(({ name }) => name === card)?.honest.id === id;

describe('what one card can pass as', () => {
  it('on paper: an H200 is at most one RTX 4090 by arithmetic, and six by memory', () => {
    expect(paperCounts(figuresOf('H200 SXM 141GB'), named('rtx-4090'))).toEqual({
      compute: 1,
      bandwidth: 6,
      memory: 6,
      all: 1,
      ownEngines: 1,
    });
  });

  it('by what is demanded today: better kernels take arithmetic away, and memory is what binds', () => {
    const { compute, memory, all, ownEngines } = issuedCounts(figuresOf('H200 SXM 141GB'), named('rtx-4090'));
    expect(compute).toBeGreaterThan(100);
    expect(all).toBe(memory);
    expect(ownEngines).toBe(2);
    // Keeping a part of each table in the host's memory does not make two of one.
    expect(issuedCounts(figuresOf('RTX 4090'), named('rtx-4090'))).toMatchObject({ memory: 1, all: 1 });
  });

  it('is never one card as two of its own class', () => {
    for (const { name, figures, honest } of cards) {
      expect(paperCounts(figures, honest).all, name).toBeLessThan(2);
      if (figures.memoryBytes > 0) expect(issuedCounts(figures, honest).all, name).toBeLessThan(2);
    }
  });

  it('is nothing where no engine confirms the class', () => {
    expect(issuedCounts(figuresOf('B200'), named('mi300x')).all).toBe(0);
    expect(issuedCounts(figuresOf('B200'), named('cpu')).all).toBe(0);
    expect(paperCounts(figuresOf('B200'), named('mi300x')).all).toBe(0);
  });

  it('is not limited by what nobody knows', () => {
    const free = givenClass('free', 'gpu', { models: ['Free'], gflops: 1 });
    expect(paperCounts(free, free)).toMatchObject({ compute: 1, bandwidth: null, memory: null, all: 1 });
  });

  it('counts a class of an operator as one model', () => {
    const memory = (factor: number) => ({
      bandwidthGBps: 500 * factor,
      tableGops: 10_000 * factor,
      bestGops: 80_000 * factor,
    });
    const of = (id: string, factor: number) =>
      givenClass(id, 'gpu', {
        models: [id],
        gflops: 10_000 * factor,
        memoryBytes: factor * 2 ** 33,
        memory: memory(factor),
      });
    const own = { classes: [of('big', 3), of('small', 1)] };
    const prices = new Map([
      ['big', 2],
      ['small', 1],
    ]);
    const made = impersonationMatrix(classesAsImpersonators(own), own, prices);
    expect(made.pays.paper).toMatchObject([{ card: 'big', as: 'small', counts: { paper: { all: 3 } } }]);
    expect(made.pays.issued.map(({ card, as }) => [card, as])).toEqual([['big', 'small']]);
  });
});
