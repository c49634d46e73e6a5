import { describe, expect, it } from 'vitest';
import { expectation } from '../scoring/catalogue/catalogue.js';
import { classOfClaim } from '../scoring/catalogue/class-of-claim.js';
import { loadCatalogue } from '../scoring/catalogue/read-catalogue.js';
import { type ClaimedName, claimedModels } from './claims.js';
import { scaledCatalogue, simulatedEngine } from './scaled-catalogue.js';

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
    const { catalogue } = scaledCatalogue(['RTX 4090'], 1e-3);
    for (const [i, one] of catalogue.classes.entries()) {
      const before = published.classes[i];
      if (one.id !== 'rtx-4090') expect(one).toEqual(before);
      else
        for (const engine of ['onnx-cuda', 'onnx-webgpu'])
          for (const figure of ['gflops', 'lowGflops', 'ceilingGflops'] as const)
            expect(expectation(one, engine)[figure]).toBeCloseTo(
              expectation(before ?? one, engine)[figure] * 1e-3,
              9,
            );
    }
  });

  it('says what a card of a model does', () => {
    const { catalogue, operationsPerSecond } = scaledCatalogue();
    for (const model of Object.keys(claimedModels) as ClaimedName[]) {
      const gflops = operationsPerSecond(model) / 1e9;
      const own = classOfClaim(catalogue, { ...claimedModels[model], kind: 'gpu', engine: simulatedEngine });
      if (own) expect(expectation(own, simulatedEngine).gflops).toBeCloseTo(gflops, 12);
      expect(gflops).toBeLessThan(1);
    }
  });
});
