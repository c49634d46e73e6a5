import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { ClassVerdict } from '../../protocol/messages/class-verdict.js';
import { classById } from './catalogue.js';
import { givenClass } from './given.js';
import { loadCatalogue } from './read-catalogue.js';
import { loadUnits } from './read-units.js';
import { type Shown, verdictOf } from './verdict.js';

const catalogue = loadCatalogue();
const units = loadUnits();
const schema = Compile(ClassVerdict);
const GiB = 2 ** 30;
const nothing = { engine: null, gflops: null, bandwidthGBps: null, tableBytes: null };
const verdict = (shown: Partial<Shown>) =>
  verdictOf(catalogue, units, { class: 'rtx-4090', ...nothing, engine: 'onnx-cuda', ...shown });

const positive = fc.option(fc.double({ min: 0.1, max: 1e6, noNaN: true }));
const anyShown: fc.Arbitrary<Shown> = fc.record({
  class: fc.option(fc.constantFrom(...catalogue.classes.map(({ id }) => id), 'rtx-9999')),
  engine: fc.constantFrom(null, 'onnx-cuda', 'onnx-webgpu', 'webgpu'),
  gflops: positive,
  bandwidthGBps: fc.option(fc.double({ min: 1, max: 20_000, noNaN: true })),
  tableBytes: fc.option(fc.integer({ min: 1, max: 300 * GiB })),
});
const grown = fc.double({ min: 1, max: 10, noNaN: true });

describe('verdictOf', () => {
  it('names the class, its models, and what else could have answered so and would gain by it', () => {
    // The floor of an RTX 4090's exam, its walk at the usual rate, and its table.
    const shown = { gflops: 14_900, bandwidthGBps: 635, tableBytes: 21.5 * GiB };
    const { alsoPossible, ...rest } = verdict(shown);
    expect(rest).toMatchObject({
      class: 'rtx-4090',
      basis: 'measured',
      members: ['RTX 4090', 'RTX 4090 D'],
      floorUnits: 1,
    });
    // As much memory and bandwidth, a rate that its peak allows, and paid less.
    expect(alsoPossible).toEqual(expect.arrayContaining(['RTX 3090', 'RTX A5000']));
    // Too little memory; paid more; too slow a memory.
    for (const model of ['RTX 4080', 'RTX 5090', 'H100 PCIe', 'L4'])
      expect(alsoPossible).not.toContain(model);
    // The least of them is an M1 Ultra, which has no price and is better than a T4 in everything.
    expect(alsoPossible).toContain('M1 Ultra');
    expect(rest.confidence).toBe(units.get('T4'));
  });

  it('is sure of a card that no cheaper one could be', () => {
    const shown = { gflops: 65_000, bandwidthGBps: 900, tableBytes: 21.5 * GiB };
    expect(verdict(shown)).toMatchObject({ alsoPossible: [], confidence: 1 });
  });

  it('holds an unpaid card for a gainer, but not one that is the better card in everything', () => {
    const { alsoPossible } = verdict({ gflops: 10_000 });
    expect(alsoPossible).toContain('M2 Ultra');
    expect(alsoPossible).not.toContain('MI300X');
  });

  it('holds that an unpaid card is worth the dearest that it is better than, and that names are no votes', () => {
    const of = (id: string, peakFp32Gflops: number, names = 1) => ({
      ...givenClass(id, 'gpu', {
        models: Array.from({ length: names }, (_, at) => `${id} ${at}`),
        gflops: 10,
      }),
      peakFp32Gflops,
    });
    const classes = [of('best', 40), of('small', 10), of('tiny', 5), of('free', 20, 9), of('least', 1)];
    const prices = new Map([
      ['best 0', 4],
      ['small 0', 1],
      ['tiny 0', 0.5],
    ]);
    const confidence = (...ids: string[]) =>
      verdictOf({ classes: classes.filter(({ id }) => !ids.includes(id)) }, prices, {
        class: 'best',
        ...nothing,
        gflops: 9,
      }).confidence;
    expect(confidence('small', 'tiny', 'least')).toBe(0);
    expect(confidence('least')).toBe(0.5 / 4);
    expect(confidence('least', 'tiny')).toBe(1 / 4);
    expect(confidence()).toBe(0);
    expect(confidence('least', 'tiny', 'small', 'free')).toBe(1);
  });

  it('confirms nothing where no exam did, and pays nothing', () => {
    for (const none of [null, 'unlisted', 'rtx-9999'])
      expect(verdict({ class: none })).toEqual({
        class: 'unlisted',
        basis: 'unlisted',
        members: [],
        alsoPossible: [],
        confidence: 0,
        floorUnits: null,
      });
    expect(verdict({ class: 'cpu' })).toMatchObject({ class: 'cpu', basis: 'unlisted', floorUnits: null });
  });

  it('knows a class by the id that it had when the exam was judged', () => {
    expect(verdict({ class: 'rtx-4090-d' }).class).toBe('rtx-4090');
  });

  it('takes an attested chip for what it is: it fits the class and others, or says nothing', () => {
    const h100 = { class: 'h100-sxm5-80gb', gflops: 25_000, bandwidthGBps: 1300, tableBytes: 60 * GiB };
    const measured = verdict(h100);
    const attested = verdict({ ...h100, attestedChip: 'GH100 A01' });
    expect(measured.alsoPossible).toContain('RTX PRO 6000 Blackwell');
    expect(attested).toMatchObject({ basis: 'attested' });
    expect(attested.alsoPossible).toContain('H100 PCIe');
    expect(attested.alsoPossible).not.toContain('RTX PRO 6000 Blackwell');
    expect(attested.alsoPossible.length).toBeLessThan(measured.alsoPossible.length);
    expect(attested.confidence).toBeGreaterThanOrEqual(measured.confidence);
    expect(verdict({ ...h100, attestedChip: 'GB100' })).toEqual(measured);
    expect(verdict({ ...h100, attestedChip: 'XGH100' })).toEqual(measured);
  });

  it('works on a catalogue of its own', () => {
    const classes = [
      givenClass('good', 'gpu', { models: ['Good'], gflops: 10 }),
      givenClass('cheap', 'gpu', { models: ['Cheap'], gflops: 8 }),
    ];
    const prices = new Map([
      ['Good', 2],
      ['Cheap', 1],
    ]);
    const of = (gflops: number) => verdictOf({ classes }, prices, { class: 'good', ...nothing, gflops });
    expect(of(9)).toMatchObject({ alsoPossible: ['Cheap'], confidence: 0.5, floorUnits: 2 });
    expect(of(11)).toMatchObject({ alsoPossible: [], confidence: 1 });
  });
});

describe('whatever was measured', () => {
  it('has a verdict of the declared form', () => {
    fc.assert(
      fc.property(anyShown, (shown) => {
        const made = verdictOf(catalogue, units, shown);
        expect(schema.Check(made), JSON.stringify(made)).toBe(true);
        expect(made.members.some((model) => made.alsoPossible.includes(model))).toBe(false);
      }),
    );
  });

  it('a higher rate, bandwidth or table never lowers the confidence', () => {
    fc.assert(
      fc.property(anyShown, grown, grown, grown, (shown, a, b, c) => {
        const more = {
          ...shown,
          gflops: shown.gflops && shown.gflops * a,
          bandwidthGBps: shown.bandwidthGBps && shown.bandwidthGBps * b,
          tableBytes: shown.tableBytes && shown.tableBytes * c,
        };
        expect(verdictOf(catalogue, units, more).confidence).toBeGreaterThanOrEqual(
          verdictOf(catalogue, units, shown).confidence,
        );
      }),
    );
  });

  it('attestation never lowers it, by whatever chip', () => {
    fc.assert(
      fc.property(
        anyShown,
        fc.constantFrom('GH100', 'GB100', 'AD102', 'GA100 A01', '', 'none'),
        (shown, chip) => {
          const before = verdictOf(catalogue, units, shown);
          const after = verdictOf(catalogue, units, { ...shown, attestedChip: chip });
          expect(after.confidence).toBeGreaterThanOrEqual(before.confidence);
          expect(after.floorUnits).toBe(before.floorUnits);
        },
      ),
    );
  });

  it('the floor is never above what any of the members is paid', () => {
    fc.assert(
      fc.property(anyShown, (shown) => {
        const { floorUnits, members } = verdictOf(catalogue, units, shown);
        for (const model of members) {
          const own = units.get(model);
          if (floorUnits !== null && own !== undefined) expect(floorUnits).toBeLessThanOrEqual(own);
        }
        const own = shown.class === null ? null : classById(catalogue, shown.class);
        if (own === null || !own.eligible) expect(floorUnits).toBeNull();
      }),
    );
  });
});
