import {
  type CardClass,
  type Catalogue,
  type Expectation,
  expectation,
} from '../scoring/catalogue/catalogue.js';
import { classOfClaim } from '../scoring/catalogue/class-of-claim.js';
import { loadCatalogue } from '../scoring/catalogue/read-catalogue.js';
import { type ClaimedName, claimedModels } from './claims.js';

/** The engine that simulated GPUs claim to have. */
export const simulatedEngine = 'onnx-cuda';

/** A hundred-thousandth: an RTX 4090 does 0.2 GFLOP/s then, and two cores can play a dozen of them. */
const defaultFactor = 1e-5;

export interface ScaledCatalogue {
  readonly catalogue: Catalogue;
  /** What a usual card of the model does under this catalogue. */
  readonly operationsPerSecond: (model: ClaimedName) => number;
}

/**
 * The published catalogue for a world in which some models are slower by one factor, all else being the same: who is
 * judged by it is judged by the same rules.
 *
 * @param models whose classes are scaled; all that can be claimed when absent. Real cards of other models are
 *   judged as ever.
 */
export function scaledCatalogue(
  models: readonly ClaimedName[] = Object.keys(claimedModels) as ClaimedName[],
  factor = defaultFactor,
): ScaledCatalogue {
  const published = loadCatalogue();
  const scaled = new Set(models.map((model) => classOf(published, model).id));
  const classes = published.classes.map((one) => (scaled.has(one.id) ? scaleClass(one, factor) : one));
  const catalogue = { classes };
  return {
    catalogue,
    operationsPerSecond: (model) => expectation(classOf(catalogue, model), simulatedEngine).gflops * 1e9,
  };
}

function classOf(catalogue: Catalogue, model: ClaimedName): CardClass {
  const found = classOfClaim(catalogue, { ...claimedModels[model], kind: 'gpu', engine: simulatedEngine });
  if (found === null) throw new RangeError(`the catalogue has no class for ${model}`);
  return found;
}

function scaleClass(one: CardClass, factor: number): CardClass {
  const expectations = Object.entries(one.expectations).map(([engine, figures]) => [
    engine,
    scale(figures, factor),
  ]);
  return {
    ...one,
    peakFp32Gflops: one.peakFp32Gflops === null ? null : one.peakFp32Gflops * factor,
    expectations: Object.fromEntries(expectations) as CardClass['expectations'],
  };
}

function scale(figures: Expectation, factor: number): Expectation {
  return {
    gflops: figures.gflops * factor,
    lowGflops: figures.lowGflops * factor,
    ceilingGflops: figures.ceilingGflops * factor,
    basis: figures.basis,
    source: `${figures.source}; times ${factor} for simulated cards`,
  };
}
