import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { limits } from '../../protocol/limits.js';
import { MemoryShape, tableBytes, walkedBytes } from '../../protocol/shapes.js';
import { docTable } from '../testing/doc-table.js';
import { ballastShapeFor } from './ballast-shape.js';
import { type CardClass, classById, type MemoryFigures } from './catalogue.js';
import { givenClass } from './given.js';
import { memoryShapeFor, tableBuildMs, usualShareOfBandwidth } from './memory-shape.js';
import { answerDeadlineMs, classDeadlineMs } from './probe-deadline.js';
import { probeRounds } from './probe-rounds.js';
import { loadCatalogue } from './read-catalogue.js';
import { rebuildMs } from './sizing-rule.js';

const { classes } = loadCatalogue();
const judged = classes.filter((one): one is CardClass & { memory: MemoryFigures } => one.memory !== null);
const schema = Compile(MemoryShape);
const MiB = 2 ** 20;
const usual = { bytes: 256 * MiB, roundTripMs: 300 };
const claimOf = ({ memoryBytes }: CardClass, tableGops?: number) => ({
  memoryBytes,
  memoryEngine: 'webgpu',
  ...(tableGops !== undefined && { tableGops }),
});

function shapeOf(one: CardClass, size = usual as { bytes: number; roundTripMs: number | null }): MemoryShape {
  const shape = ballastShapeFor(one, claimOf(one), size);
  expect(schema.Check(shape), JSON.stringify(shape)).toBe(true);
  expect(shape.walkers * shape.steps).toBeLessThanOrEqual(shape.banks * shape.bankPages);
  return shape;
}
const rebuilds = (one: { readonly memory: MemoryFigures }, shape: MemoryShape, roundTripMs: number | null) =>
  rebuildMs(one.memory, shape) / answerDeadlineMs(one.memory, shape, 'ballast', roundTripMs);
const walkMs = (one: { readonly memory: MemoryFigures }, shape: MemoryShape) =>
  walkedBytes(shape) / (usualShareOfBandwidth * one.memory.bandwidthGBps * 1e6);

describe('ballastShapeFor', () => {
  it.each(docTable('ballast'))('for $class as docs/scoring.md says', (row) => {
    const one = judged.find(({ id }) => id === row.class);
    if (one === undefined) throw new Error(`no class ${row.class}`);
    const shape = shapeOf(one);
    const { n, layers, steps } = shape;
    expect({
      class: one.id,
      MiB: (tableBytes(shape) / MiB).toFixed(0),
      layers: String(layers),
      'build s': (tableBuildMs(one, claimOf(one), shape) / 1000).toFixed(0),
      'walk ms': walkMs(one, shape).toFixed(1),
      'deadline ms': classDeadlineMs(one.memory, shape, 'ballast').toFixed(0),
      'rebuild in deadlines': rebuilds(one, shape, 300).toFixed(2),
      '10^9 operations to check a walker': ((2 * n * n * layers * steps) / 1e9).toFixed(1),
    }).toEqual(row);
  });

  it.each(judged)('obeys the sizing rule for $id, with as few layers as that takes', (one) => {
    for (const roundTripMs of [0, 20, 300, null]) {
      const shape = shapeOf(one, { bytes: 256 * MiB, roundTripMs });
      expect(rebuilds(one, shape, roundTripMs)).toBeGreaterThanOrEqual(5);
      expect(rebuilds(one, { ...shape, layers: shape.layers - 1 }, roundTripMs)).toBeLessThan(5);
      expect(walkMs(one, shape)).toBeLessThanOrEqual(100);
      expect(probeRounds(one, shape, null)).toBe(shape.rounds);
    }
    const shape = shapeOf(one);
    expect(tableBytes(shape)).toBeGreaterThan(200 * MiB);
    expect(tableBytes(shape)).toBeLessThanOrEqual(512 * MiB);
    // Also for a device that says it builds at a quarter of the rate, the slowest that is believed.
    expect(tableBuildMs(one, claimOf(one, 1), shape)).toBeLessThan(limits.buildMs);
    expect(tableBuildMs(one, claimOf(one), shape)).toBeLessThan(4 * 60_000);
  });

  it('is larger than it was asked to be only where the layers would not suffice', () => {
    const larger = judged.filter((one) => tableBytes(shapeOf(one)) > usual.bytes).map(({ id }) => id);
    expect(larger).toEqual(['b200', 'b300-sxm6']);
  });

  it('fits into the card and the limits, whatever is asked for', () => {
    const bytes = fc.integer({ min: 1, max: 2 ** 40 });
    const roundTrip = fc.oneof(fc.constant(null), fc.double({ min: 0, max: 1e6, noNaN: true }));
    fc.assert(
      fc.property(fc.constantFrom(...classes), bytes, roundTrip, (one, size, roundTripMs) => {
        const shape = shapeOf(one, { bytes: size, roundTripMs });
        const whole = memoryShapeFor(one, claimOf(one));
        expect(tableBytes(shape)).toBeLessThanOrEqual(1.07 * tableBytes(whole as MemoryShape));
        if (one.memory !== null) {
          expect(rebuilds({ memory: one.memory }, shape, roundTripMs)).toBeGreaterThanOrEqual(5);
          expect(walkMs({ memory: one.memory }, shape)).toBeLessThanOrEqual(100);
        }
      }),
    );
  });

  it('is small and quickly made where nobody has figures', () => {
    const bytesOf = (id: string) => tableBytes(shapeOf(classById({ classes }, id) as CardClass));
    expect(bytesOf('unlisted') / MiB).toBeGreaterThan(200);
    expect(bytesOf('unlisted') / MiB).toBeLessThanOrEqual(256);
    expect(bytesOf('cpu') / MiB).toBeLessThanOrEqual(64);
    expect(bytesOf('software') / MiB).toBeLessThanOrEqual(4);
    for (const id of ['unlisted', 'cpu', 'software']) {
      const one = classById({ classes }, id) as CardClass;
      expect(tableBuildMs(one, claimOf(one), shapeOf(one))).toBeLessThanOrEqual(61_000);
      expect(tableBytes(shapeOf(one, { bytes: MiB, roundTripMs: null }))).toBeLessThanOrEqual(MiB);
    }
  });

  it('refuses figures that no table within the card obeys', () => {
    const memory = { bandwidthGBps: 1000, tableGops: 1, bestGops: 1e15 };
    const absurd = givenClass('absurd', 'gpu', { gflops: 1, memoryBytes: 2 ** 30, memory });
    expect(() => ballastShapeFor(absurd, claimOf(absurd), usual)).toThrow(RangeError);
  });
});
