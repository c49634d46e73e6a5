import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { MemoryShape, tableBytes, tableOperations, walkedBytes } from '../../protocol/shapes.js';
import { type CardClass, classById, type MemoryFigures } from './catalogue.js';
import { computeReserveMs, examBudgetMs, examShare, meanBetweenExamsMs } from './exam-load.js';
import { givenClass } from './given.js';
import type { MemoryClaim } from './memory-claim.js';
import { memoryShapeFor, tableBuildMs, usualShareOfBandwidth } from './memory-shape.js';
import { loadCatalogue } from './read-catalogue.js';
import { rebuildMs, recomputeMs, walkDeadlineMs } from './sizing-rule.js';

const { classes } = loadCatalogue();
const judged = classes.filter((one): one is CardClass & { memory: MemoryFigures } => one.memory !== null);
const sized = judged.filter(({ memoryBytes }) => memoryBytes > 0);
const GiB = 2 ** 30;
const schema = Compile(MemoryShape);
const named = (id: string) => classById({ classes }, id) as CardClass;
const claimOf = (memoryBytes: number, tableGops?: number): MemoryClaim => ({
  memoryBytes,
  memoryEngine: 'webgpu',
  ...(tableGops !== undefined && { tableGops }),
});

/** The shape, checked against the protocol's limits. */
function shapeOf(cardClass: CardClass, claim: MemoryClaim): MemoryShape {
  const shape = memoryShapeFor(cardClass, claim);
  if (shape === null) throw new Error('no shape');
  expect(schema.Check(shape), JSON.stringify(shape)).toBe(true);
  expect(shape.walkers * shape.steps).toBeLessThanOrEqual(shape.banks * shape.bankPages);
  return shape;
}

/** What must hold for every shape of a class with figures. */
function expectFair({ memory }: { readonly memory: MemoryFigures }, shape: MemoryShape): void {
  const walkMs = walkedBytes(shape) / (usualShareOfBandwidth * memory.bandwidthGBps * 1e6);
  expect(rebuildMs(memory, shape)).toBeGreaterThanOrEqual(5 * walkDeadlineMs(memory, shape));
  expect(shape.rounds).toBeGreaterThanOrEqual(4);
  const buildMs = tableOperations(shape) / (memory.tableGops * 1e6);
  expect(computeReserveMs + buildMs + walkMs).toBeLessThanOrEqual(examBudgetMs);
  expect(walkMs).toBeLessThan(600);
}

describe('memoryShapeFor', () => {
  it('has no exam where the device has no engine for it', () => {
    expect(memoryShapeFor(named('rtx-4090'), { memoryBytes: 24 * GiB })).toBeNull();
    expect(memoryShapeFor(named('rtx-4090'), { memoryBytes: 24 * GiB, memoryEngine: null })).toBeNull();
  });

  it('leaves an honest card 99 % of its time', () => {
    expect(examShare).toBeLessThan(0.01);
    expect(examBudgetMs / meanBetweenExamsMs).toBeCloseTo(examShare);
  });

  it.each(judged)('obeys the sizing rule, the load and the limits for $id', (one) => {
    const shape = shapeOf(one, claimOf(one.memoryBytes));
    expectFair(one, shape);
    // Two seconds of compute and the walk are what is timed.
    const walkSeconds = walkedBytes(shape) / (usualShareOfBandwidth * one.memory.bandwidthGBps * 1e9);
    expect(walkSeconds).toBeGreaterThan(0.1);
    expect(2 + walkSeconds).toBeLessThan(5);
  });

  it('fills 85 to 95 % of what the card claims, error correction or not', () => {
    fc.assert(
      fc.property(fc.constantFrom(...sized), fc.double({ min: 0.88, max: 1, noNaN: true }), (one, share) => {
        const claimed = Math.floor(one.memoryBytes * share);
        const shape = shapeOf(one, claimOf(claimed));
        expect(tableBytes(shape) / claimed).toBeGreaterThan(0.85);
        expect(tableBytes(shape) / claimed).toBeLessThanOrEqual(0.95);
        expectFair(one, shape);
      }),
    );
  });

  it('never asks for more than the class has, and no less for a claim that is none', () => {
    fc.assert(
      fc.property(fc.constantFrom(...sized), anyNumber, anyNumber, (one, memoryBytes, tableGops) => {
        const shape = shapeOf(one, claimOf(memoryBytes, tableGops));
        expect(tableBytes(shape)).toBeLessThanOrEqual(0.9 * one.memoryBytes);
        expect(tableBytes(shape)).toBeGreaterThan(0.75 * one.memoryBytes);
        expectFair(one, shape);
        const buildMs = tableBuildMs(one, claimOf(memoryBytes, tableGops), shape);
        const usual = tableOperations(shape) / (one.memory.tableGops * 1e6);
        expect(buildMs / usual).toBeGreaterThanOrEqual(1);
        expect(buildMs / usual).toBeLessThanOrEqual(4);
      }),
    );
    const rtx = named('rtx-4090');
    expect(shapeOf(rtx, claimOf(0))).toEqual(shapeOf(rtx, claimOf(24 * GiB)));
  });

  it('takes unified memory by the claim, and little where the claim is silent', () => {
    const m1 = named('m1');
    const share = tableBytes(shapeOf(m1, claimOf(16 * GiB))) / (16 * GiB);
    expect(share).toBeGreaterThan(0.85);
    expect(share).toBeLessThan(0.95);
    expect(tableBytes(shapeOf(m1, claimOf(0)))).toBeLessThan(1.1 * GiB);
    fc.assert(
      fc.property(
        fc.constantFrom(...judged.filter(({ memoryBytes }) => memoryBytes === 0)),
        anyNumber,
        (one, memoryBytes) => {
          const shape = shapeOf(one, claimOf(memoryBytes));
          expect(tableBytes(shape)).toBeLessThanOrEqual(512 * GiB);
          expect(tableBytes(shape)).toBeGreaterThan(0.75 * GiB);
          expectFair(one, shape);
        },
      ),
    );
  });

  it('makes 99 % of a table too little where the load allows the layers for it', () => {
    const late = judged.filter((one) => {
      const shape = shapeOf(one, claimOf(one.memoryBytes));
      return recomputeMs(one.memory, shape, 0.01) >= walkDeadlineMs(one.memory, shape);
    });
    expect(late.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['rtx-3060-12gb', 'rtx-3090', 'rtx-4090', 'rtx-5090', 'm1', 'h20-96gb']),
    );
    for (const one of judged) {
      const shape = shapeOf(one, claimOf(one.memoryBytes));
      // Half a table is hopeless on every card, and so is 90 %.
      expect(recomputeMs(one.memory, shape, 0.1), one.id).toBeGreaterThan(walkDeadlineMs(one.memory, shape));
    }
  });

  it('knows no scale: a world slower and smaller by any factor has the same rules', () => {
    const factors = fc.double({ min: -6, max: 0, noNaN: true }).map((exponent) => 10 ** exponent);
    fc.assert(
      fc.property(fc.constantFrom(...sized), factors, (one, factor) => {
        const { memory } = one;
        const small = givenClass('small', 'gpu', {
          gflops: 1,
          memoryBytes: Math.floor(one.memoryBytes * factor),
          memory: {
            bandwidthGBps: memory.bandwidthGBps * factor,
            lowGBps: memory.lowGBps * factor,
            tableGops: memory.tableGops * factor,
            bestGops: memory.bestGops * factor,
          },
        }) as CardClass & { memory: MemoryFigures };
        const shape = shapeOf(small, claimOf(small.memoryBytes));
        expect(tableBytes(shape) / small.memoryBytes).toBeGreaterThan(0.85);
        expect(tableBytes(shape)).toBeLessThanOrEqual(0.95 * small.memoryBytes);
        expectFair(small, shape);
      }),
    );
  });

  it('refuses figures that allow no fair exam', () => {
    const memory = { bandwidthGBps: 1000, tableGops: 1, bestGops: 1e15 };
    const absurd = givenClass('absurd', 'gpu', { gflops: 1, memoryBytes: GiB, memory });
    expect(() => memoryShapeFor(absurd, claimOf(GiB))).toThrow(RangeError);
  });
});

describe('the memory exam without figures', () => {
  const within = (id: string, claim: MemoryClaim) => {
    const shape = shapeOf(named(id), claim);
    return { shape, MiB: tableBytes(shape) / 2 ** 20, buildMs: tableBuildMs(named(id), claim, shape) };
  };

  it('takes a CPU no more than about two seconds to build 8 to 64 MiB', () => {
    for (const gops of [2.2, 5, 20, 100, 1000]) {
      const { MiB, buildMs } = within('cpu', claimOf(64 * GiB, gops));
      expect(MiB).toBeGreaterThanOrEqual(8);
      expect(MiB).toBeLessThanOrEqual(64);
      expect(buildMs).toBeLessThanOrEqual(2000);
    }
    expect(within('cpu', claimOf(0, 1000)).shape.layers).toBe(8);
    expect(within('cpu', claimOf(0, 1000)).MiB).toBe(64);
  });

  it('asks a software device for next to nothing', () => {
    const { shape, MiB, buildMs } = within('software', claimOf(0));
    expect(MiB).toBe(4);
    expect(buildMs).toBeLessThan(2200);
    expect(walkedBytes(shape)).toBeLessThanOrEqual(2 ** 20);
  });

  it('fills an unlisted GPU too, and builds no longer than a minute', () => {
    for (const [claimed, gops] of [
      [24 * GiB, 20_000],
      [8 * GiB, 900],
      [192 * GiB, 50_000],
    ] as const) {
      const { MiB, buildMs } = within('unlisted', claimOf(claimed, gops));
      expect((MiB * 2 ** 20) / claimed).toBeGreaterThan(0.85);
      expect((MiB * 2 ** 20) / claimed).toBeLessThan(0.95);
      expect(buildMs).toBeLessThanOrEqual(60_000);
    }
    expect(within('unlisted', claimOf(0, 1000)).MiB).toBeGreaterThan(870);
    expect(within('unlisted', claimOf(24 * GiB, 5)).buildMs).toBeLessThanOrEqual(60_000);
  });

  it('costs us little to check, whatever the device says of itself: anybody may ask for it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('cpu', 'software', 'unlisted'),
        anyNumber,
        anyNumber,
        (id, memoryBytes, gops) => {
          const { n, layers, steps } = within(id, claimOf(memoryBytes, gops)).shape;
          const opened = 16;
          expect(opened * steps * layers * 2 * n * n).toBeLessThanOrEqual(20e9);
        },
      ),
      { numRuns: 500, examples: [['unlisted', 16 * 2 ** 20, 50_000]] },
    );
  });

  it('is within the limits whatever the device says of itself', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('cpu', 'software', 'unlisted'),
        anyNumber,
        anyNumber,
        (id, memoryBytes, gops) => {
          const { MiB, buildMs } = within(id, claimOf(memoryBytes, gops));
          expect(MiB).toBeLessThanOrEqual(512 * 1024);
          expect(buildMs).toBeGreaterThanOrEqual(0);
          expect(buildMs).toBeLessThanOrEqual(61_000);
        },
      ),
    );
  });
});

/** What a device might send, and what the schema would refuse. */
const anyNumber = fc.oneof(
  fc.constantFrom(0, 1, Number.NaN, Number.POSITIVE_INFINITY, -1, 1e-300, Number.MAX_SAFE_INTEGER, 1e300),
  fc.double(),
  fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  fc.double({ min: 0, max: 1e9, noNaN: true }),
);
