import fc from 'fast-check';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { ComputeShape, computeOperations } from '../../protocol/shapes.js';
import { classById, expectation } from './catalogue.js';
import { computeShapeFor, likelyRate } from './compute-shape.js';
import { computeReserveMs } from './exam-load.js';
import { givenClass } from './given.js';
import { loadCatalogue } from './read-catalogue.js';

const { classes } = loadCatalogue();
const engines = [
  'onnx-cuda',
  'onnx-webgpu',
  'onnx-dml',
  'onnx-coreml',
  'onnx-cpu',
  'webgpu',
  'tfjs',
  'tfjs-cuda',
  'reference',
];
const cpu = classById({ classes }, 'cpu') as (typeof classes)[number];
const seconds = (shape: ComputeShape, gflops: number) => computeOperations(shape) / gflops / 1e9;

describe('computeShapeFor', () => {
  it.each(classes)('takes 1 to 5 s on a usual $id, on every engine', (cardClass) => {
    for (const engine of engines) {
      for (const target of [1, 2, 3, 4]) {
        const shape = computeShapeFor(cardClass, {}, engine, target);
        expect(Value.Check(ComputeShape, shape), JSON.stringify(shape)).toBe(true);
        expect(shape.rounds).toBeGreaterThanOrEqual(2);
        const taken = seconds(shape, expectation(cardClass, engine).gflops);
        expect(taken).toBeGreaterThanOrEqual(target);
        expect(taken).toBeLessThan(1.25 * target);
        // What is kept for the compute part of a whole exam's load.
        expect(taken * 1000).toBeLessThanOrEqual(computeReserveMs);
      }
      const usual = computeShapeFor(cardClass, {}, engine, 2);
      expect(seconds(usual, expectation(cardClass, engine).lowGflops)).toBeLessThan(5);
    }
  });

  it('stays within the limits for any class, warm-up and duration, and near the duration where the rate is true', () => {
    const warmups = fc.oneof(
      fc.double(),
      fc.constantFrom(0, 1e9, Number.NaN, Number.POSITIVE_INFINITY, -5, 1e-300),
      fc.double({ min: 0.01, max: 30_000, noNaN: true }),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...classes),
        fc.constantFrom(...engines),
        warmups,
        fc.integer({ min: 1, max: 5 }),
        (cardClass, engine, warmupGflops, target) => {
          const shape = computeShapeFor(cardClass, { warmupGflops }, engine, target);
          expect(Value.Check(ComputeShape, shape), JSON.stringify(shape)).toBe(true);
          expect(shape.rounds).toBeGreaterThanOrEqual(2);
          const taken = seconds(shape, likelyRate(cardClass, { warmupGflops }, engine));
          expect(taken / target).toBeGreaterThan(0.8);
          expect(taken / target).toBeLessThan(1.25);
        },
      ),
    );
  });

  it('goes by the warm-up where the class has no common rate', () => {
    for (const warmupGflops of [2, 30, 400, 9000])
      expect(seconds(computeShapeFor(cpu, { warmupGflops }, 'onnx-cpu', 3), warmupGflops)).toBeCloseTo(3, 0);
  });

  it('does not believe a warm-up where the class has figures', () => {
    const own = givenClass('x', 'gpu', { gflops: 10 });
    expect(computeShapeFor(own, { warmupGflops: 1 }, 'any', 3)).toEqual(computeShapeFor(own, {}, 'any', 3));
  });

  it('does not believe a warm-up that the class can’t have', () => {
    const rtx = classById({ classes }, 'rtx-4090') as (typeof classes)[number];
    expect(likelyRate(rtx, { warmupGflops: 1e9 }, 'onnx-webgpu')).toBe(73_500);
    expect(likelyRate(rtx, { warmupGflops: 1 }, 'onnx-webgpu')).toBe(expectation(rtx, 'onnx-webgpu').gflops);
  });

  it('uses pages of 1,024 values on GPUs of real size, and smaller ones on slow cards', () => {
    for (const cardClass of classes.filter(({ peakFp32Gflops }) => peakFp32Gflops !== null))
      for (const engine of ['onnx-cuda', 'onnx-webgpu'])
        expect(computeShapeFor(cardClass, {}, engine, 3).n, cardClass.id).toBe(1024);
    expect(computeShapeFor(cpu, { warmupGflops: 2 }, 'onnx-cpu', 3).n).toBe(256);
  });

  it('has at least a thousand pages to open, however slow the card', () => {
    const slow = givenClass('slow', 'gpu', { gflops: 0.1 });
    const { pages, rounds } = computeShapeFor(slow, {}, 'any', 3);
    expect(pages * rounds).toBeGreaterThanOrEqual(1000);
  });
});
