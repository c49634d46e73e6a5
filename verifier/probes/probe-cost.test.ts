import { describe, expect, it } from 'vitest';
import type { TablePurpose } from '../../protocol/messages/table.js';
import { type MemoryShape, walkedBytes } from '../../protocol/shapes.js';
import { ballastShapeFor } from '../../scoring/catalogue/ballast-shape.js';
import type { CardClass, MemoryFigures } from '../../scoring/catalogue/catalogue.js';
import { memoryShapeFor, usualShareOfBandwidth } from '../../scoring/catalogue/memory-shape.js';
import { classDeadlineMs } from '../../scoring/catalogue/probe-deadline.js';
import { probeRounds } from '../../scoring/catalogue/probe-rounds.js';
import { loadCatalogue } from '../../scoring/catalogue/read-catalogue.js';
import { defaultOptions } from '../options.js';

const { probeMeanMs, leaseProbeMeanMs, ballastBytes } = defaultOptions;
const judged = loadCatalogue().classes.filter(
  (one): one is CardClass & { memory: MemoryFigures } => one.memory !== null,
);
type Judged = (typeof judged)[number];

/** The probe of a card that claims all of its memory. */
function probeOf(one: Judged, purpose: TablePurpose): MemoryShape {
  const claim = { memoryBytes: one.memoryBytes, memoryEngine: 'webgpu' };
  const size = { bytes: ballastBytes, roundTripMs: 300 };
  const shape = purpose === 'whole' ? memoryShapeFor(one, claim) : ballastShapeFor(one, claim, size);
  if (shape === null) throw new Error('no shape');
  return { ...shape, rounds: probeRounds(one, shape, null) };
}

describe('what probes cost', () => {
  it.each(judged)('an owner or a tenant of a $id loses half a per cent of it at the most', (one) => {
    const means = { whole: probeMeanMs, ballast: leaseProbeMeanMs };
    for (const purpose of ['whole', 'ballast'] as const) {
      const shape = probeOf(one, purpose);
      const usualMs = walkedBytes(shape) / (usualShareOfBandwidth * one.memory.bandwidthGBps * 1e6);
      expect(usualMs / means[purpose]).toBeLessThan(0.001);
      // Even one that is as slow as may be, each time.
      expect(classDeadlineMs(one.memory, shape, purpose) / means[purpose]).toBeLessThan(0.005);
    }
  });

  it.each(judged)(
    'a check of a $id makes one page after the other through less than 16,000 layers',
    (one) => {
      for (const purpose of ['whole', 'ballast'] as const) {
        const { layers, steps } = probeOf(one, purpose);
        expect(layers * steps).toBeLessThan(16_000);
      }
    },
  );
});
