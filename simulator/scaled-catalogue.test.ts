import { describe, expect, it } from 'vitest';
import { type MemoryShape, tableBytes, tableOperations } from '../protocol/shapes.js';
import { type CardClass, expectation, type MemoryFigures } from '../scoring/catalogue/catalogue.js';
import { classOfClaim } from '../scoring/catalogue/class-of-claim.js';
import { memoryShapeFor } from '../scoring/catalogue/memory-shape.js';
import { loadCatalogue } from '../scoring/catalogue/read-catalogue.js';
import { recomputeMs, walkDeadlineMs } from '../scoring/catalogue/sizing-rule.js';
import { type ClaimedName, claimedModels, simulatedEngine } from './claims.js';
import { scaledCatalogue } from './scaled-catalogue.js';

const published = loadCatalogue();

describe('the scaled catalogue', () => {
  it('knows every model that a simulated supplier can claim, by its own class', () => {
    const classes = Object.values(claimedModels).map(
      (model) => classOfClaim(published, { ...model, kind: 'gpu', engine: simulatedEngine })?.id,
    );
    expect(classes).not.toContain('unlisted');
    expect(new Set(classes).size).toBe(classes.length);
  });

  it('scales every figure of a scaled class alike, and leaves the others as they are', () => {
    const scale = { rate: 1e-3, table: 1e-2, bandwidth: 1e-1, memory: 1e-4 };
    const { catalogue } = scaledCatalogue(['RTX 4090'], scale);
    for (const [i, one] of catalogue.classes.entries()) {
      const before = published.classes[i];
      if (one.id !== 'rtx-4090') {
        expect(one).toEqual(before);
        continue;
      }
      for (const engine of ['onnx-cuda', 'onnx-webgpu'])
        for (const figure of ['gflops', 'lowGflops', 'ceilingGflops'] as const)
          expect(expectation(one, engine)[figure]).toBeCloseTo(
            expectation(before ?? one, engine)[figure] * scale.rate,
            9,
          );
      for (const figure of ['bandwidthGBps', 'lowGBps', 'ceilingGBps'] as const)
        expect(one.memory?.[figure]).toBeCloseTo((before?.memory?.[figure] ?? 0) * scale.bandwidth, 9);
      expect(one.memory?.bestGops).toBeCloseTo((before?.memory?.bestGops ?? 0) * scale.table, 9);
      expect(one.memoryBytes).toBe(Math.round((before?.memoryBytes ?? 0) * scale.memory));
    }
  });

  it('says what a card of a model claims and does', () => {
    const { catalogue, chip, claimed } = scaledCatalogue();
    for (const model of Object.keys(claimedModels) as ClaimedName[]) {
      const own = classOfClaim(catalogue, { ...claimed(model), kind: 'gpu', engine: simulatedEngine });
      const gflops = chip(model).opsPerSecond / 1e9;
      expect(own && expectation(own, simulatedEngine).gflops).toBeCloseTo(gflops, 12);
      expect(own?.memory?.bandwidthGBps).toBeCloseTo(chip(model).bytesPerSecond / 1e9, 12);
      expect(chip(model).memoryBytes).toBe(claimed(model).memoryBytes);
      expect(gflops).toBeLessThan(1);
    }
  });

  it('has tables that its models can hold, build in seconds and be caught without', () => {
    const { catalogue, chip, claimed } = scaledCatalogue();
    for (const model of Object.keys(claimedModels) as ClaimedName[]) {
      const claim = {
        ...claimed(model),
        kind: 'gpu',
        engine: simulatedEngine,
        memoryEngine: 'webgpu',
      } as const;
      const own = classOfClaim(catalogue, claim) as CardClass;
      const shape = memoryShapeFor(own, claim) as MemoryShape;
      const figures = own.memory as MemoryFigures;
      expect(tableBytes(shape)).toBeLessThan(chip(model).memoryBytes);
      expect(2 * tableBytes(shape)).toBeGreaterThan(chip(model).memoryBytes);
      expect(tableOperations(shape) / chip(model).tableOpsPerSecond).toBeLessThan(20);
      expect(tableOperations(shape)).toBeLessThan(12e9);
      expect(recomputeMs(figures, shape, 0.01)).toBeGreaterThanOrEqual(walkDeadlineMs(figures, shape));
    }
  });
});
