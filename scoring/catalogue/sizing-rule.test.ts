import { describe, expect, it } from 'vitest';
import type { MemoryShape } from '../../protocol/shapes.js';
import { assertSized, rebuildMs, recomputeMs, recomputeOverRead, walkDeadlineMs } from './sizing-rule.js';

/** The example of docs/protocol.md section 3: an RTX 4090 has 660 int8 TOPS and 1 TB/s. */
const rtx4090 = { bandwidthGBps: 1008, lowGBps: 500, bestGops: 660_000 };
const shape: MemoryShape = {
  n: 1024,
  layers: 8,
  banks: 86,
  bankPages: 2 ** 18,
  rounds: 4,
  walkers: 2 ** 19,
  steps: 16,
};

describe('the sizing rule', () => {
  it('reckons as the protocol does: a page costs 25 times its read on an RTX 4090 with 8 layers', () => {
    expect(recomputeOverRead(rtx4090, shape)).toBeCloseTo(25, 0);
  });

  it('takes the bytes of the walk at the lowest bandwidth, and the whole line, for the deadline', () => {
    expect(walkDeadlineMs(rtx4090, shape)).toBeCloseTo((4 * 2 ** 19 * 16 * 1024) / 500e6 + 300, 6);
  });

  it('refuses a table that is built again within five deadlines, and only that', () => {
    const deadline = walkDeadlineMs(rtx4090, shape);
    const layers = Math.ceil((5 * deadline) / rebuildMs(rtx4090, { ...shape, layers: 1 }));
    expect(() => assertSized(rtx4090, { ...shape, layers })).not.toThrow();
    expect(() => assertSized(rtx4090, { ...shape, layers: layers - 1 })).toThrow(RangeError);
    expect(() => assertSized({ ...rtx4090, bestGops: 2 * rtx4090.bestGops }, { ...shape, layers })).toThrow(
      RangeError,
    );
    expect(() => assertSized({ ...rtx4090, lowGBps: 100 }, { ...shape, layers })).toThrow(RangeError);
  });

  it('counts a page that a round asks for twice once for whoever makes it again', () => {
    const pages = shape.banks * shape.bankPages;
    const sparse = { ...shape, walkers: 1, steps: 1, rounds: 1 };
    expect(recomputeMs(rtx4090, sparse, 1)).toBeCloseTo(rebuildMs(rtx4090, shape) / pages, 9);
    const dense = { ...shape, walkers: pages / 16, steps: 16, rounds: 1 };
    expect(recomputeMs(rtx4090, dense, 1) / rebuildMs(rtx4090, shape)).toBeCloseTo(1 - 1 / Math.E, 6);
    expect(recomputeMs(rtx4090, dense, 0.1) / recomputeMs(rtx4090, dense, 1)).toBeCloseTo(0.1, 6);
  });
});
