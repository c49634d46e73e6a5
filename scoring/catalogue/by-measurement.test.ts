import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CardClaim } from '../../protocol/messages/cards.js';
import { askedByMeasurement, classByMeasurement, type Measured } from './by-measurement.js';
import { classById, expectation, unlistedId } from './catalogue.js';
import { figuredExpectation } from './figured.js';
import { memoryShapeFor } from './memory-shape.js';
import { loadCatalogue } from './read-catalogue.js';

const catalogue = loadCatalogue();
const listed = catalogue.classes.filter(
  (one) => one.kind === 'gpu' && one.eligible && figuredExpectation(one, 'onnx-cuda') !== null,
);
const unlisted = classById(catalogue, unlistedId);
if (unlisted === null) throw new Error('the catalogue has no class for what it does not know');

const claimOf = (memoryBytes: number, engine = 'onnx-cuda'): CardClaim => ({
  kind: 'gpu',
  model: 'Never heard of',
  memoryBytes,
  engine,
  memoryEngine: 'webgpu',
  tableGops: 20_000,
});
/** What a card of no listed name shows in its first exam. */
function measured(memoryBytes: number, gflops: number, bandwidthGBps: number, engine?: string): Measured {
  const claim = claimOf(memoryBytes, engine);
  const shape = memoryShapeFor(unlisted as NonNullable<typeof unlisted>, claim);
  if (shape === null) throw new Error('no shape');
  return { claim, engine: claim.engine ?? '', gflops, bandwidthGBps, shape, buildMs: null };
}
const GiB = 2 ** 30;
const fast = 1e6;

describe('the class of a card by what it has shown', () => {
  it('is one of those whose floors it has met, and none of them asks for more', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 300 }),
        fc.double({ min: 0, max: 100_000, noNaN: true }),
        fc.double({ min: 0, max: 10_000, noNaN: true }),
        fc.constantFrom('onnx-cuda', 'webgpu', 'made-up'),
        (gigabytes, gflops, bandwidth, engine) => {
          const found = classByMeasurement(catalogue, measured(gigabytes * GiB, gflops, bandwidth, engine));
          if (found === null) return;
          const floor = figuredExpectation(found, engine)?.lowGflops ?? Number.NaN;
          expect(floor).toBeLessThan(gflops);
          expect(found.memory?.lowGBps).toBeLessThan(bandwidth);
          expect(found.memoryBytes * 0.88).toBeLessThanOrEqual(gigabytes === 0 ? GiB : gigabytes * GiB);
          expect(found).toMatchObject({ eligible: true, kind: 'gpu' });
        },
      ),
    );
  });

  it('is none whose table it would not make in time: it could never be examined as that', () => {
    const card = measured(24 * GiB, 60_000, 900);
    const usual = classByMeasurement(catalogue, card);
    const slower = (buildMs: number) => classByMeasurement(catalogue, { ...card, buildMs });
    expect(usual?.id).toBe('rtx-4090');
    expect(slower(29_000)).toBe(usual);
    const lesser = slower(180_000);
    expect(lesser).not.toBeNull();
    expect(lesser?.memory?.tableGops).toBeLessThan(usual?.memory?.tableGops ?? 0);
    expect(slower(1e9)).toBeNull();
  });

  it('is the class itself for a card that does as its usual one, with the floor of another as high at most', () => {
    for (const one of listed) {
      const usual = figuredExpectation(one, 'onnx-cuda');
      const found = classByMeasurement(
        catalogue,
        measured(one.memoryBytes, usual?.gflops ?? 0, one.memory?.bandwidthGBps ?? 0),
      );
      const floor = found && figuredExpectation(found, 'onnx-cuda')?.lowGflops;
      expect(floor, one.id).toBeGreaterThanOrEqual(usual?.lowGflops ?? 0);
    }
  });

  it('never rises by a slower rate, slower memory or less of it', () => {
    const floorOf = (card: Measured) => {
      const found = classByMeasurement(catalogue, card);
      return found === null ? 0 : (figuredExpectation(found, 'onnx-cuda')?.lowGflops ?? 0);
    };
    const share = fc.double({ min: 0.05, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.constantFrom(...listed), share, share, share, (one, rate, bandwidth, bytes) => {
        const { gflops = 0 } = figuredExpectation(one, 'onnx-cuda') ?? {};
        const gbps = one.memory?.bandwidthGBps ?? 0;
        const whole = floorOf(measured(one.memoryBytes, gflops * 1.5, gbps));
        const less = measured(Math.ceil(one.memoryBytes * bytes), gflops * 1.5 * rate, gbps * bandwidth);
        expect(floorOf(less)).toBeLessThanOrEqual(whole);
      }),
    );
  });

  it('is none for a table too small, memory too slow, or arithmetic below all that is listed', () => {
    expect(classByMeasurement(catalogue, measured(GiB, fast, fast))).toBeNull();
    expect(classByMeasurement(catalogue, measured(24 * GiB, fast, 10))).toBeNull();
    expect(classByMeasurement(catalogue, measured(24 * GiB, 10, fast))).toBeNull();
    const boasted = { ...measured(4 * GiB, fast, fast), claim: claimOf(80 * GiB) };
    expect(classByMeasurement(catalogue, boasted)).toBeNull();
  });

  it('is by the floor of the engines with figures, whatever engine it names', () => {
    const found = (engine: string) => classByMeasurement(catalogue, measured(24 * GiB, 17_000, 1000, engine));
    expect(found('made-up')?.id).toBe(found('onnx-cuda')?.id);
    expect(found('made-up')).not.toBeNull();
  });
});

describe('a card that is asked as the class that it was measured as', () => {
  it.each(listed)('is asked what a card of $id is asked, and is not too fast for it', (one) => {
    const asked = askedByMeasurement(catalogue, one, 'webgpu');
    const figures = figuredExpectation(one, 'webgpu');
    expect(expectation(asked, 'webgpu').lowGflops).toBe(figures?.lowGflops);
    expect(expectation(asked, 'webgpu').basis).not.toBe('prior');
    expect(asked.memory?.lowGBps).toBe(one.memory?.lowGBps);
    const claim = claimOf(one.memoryBytes);
    expect(memoryShapeFor(asked, claim)).toEqual(memoryShapeFor(one, claim));
    for (const other of listed) {
      expect(expectation(asked, 'webgpu').ceilingGflops).toBeGreaterThanOrEqual(
        expectation(other, 'webgpu').ceilingGflops,
      );
      expect(asked.memory?.ceilingGBps).toBeGreaterThan(other.memory?.ceilingGBps ?? 0);
    }
  });
});
