import {
  type CardClass,
  type Catalogue,
  type Expectation,
  expectation,
  type MemoryFigures,
} from '../scoring/catalogue/catalogue.js';
import { classOfClaim } from '../scoring/catalogue/class-of-claim.js';
import { loadCatalogue } from '../scoring/catalogue/read-catalogue.js';
import type { ChipFigures } from './chip.js';
import { type ClaimedModel, type ClaimedName, claimedModels, simulatedEngine } from './claims.js';

/** What of a world is smaller, and by how much. */
export interface Scale {
  /** Rates of the compute exam. */
  readonly rate: number;
  /** Rates of making pages of a table. */
  readonly table: number;
  readonly bandwidth: number;
  readonly memory: number;
}

/**
 * With these an RTX 4090 does 0.2 GFLOP/s and 0.5 of table pages, and has 500 kB that it reads at 40 MB/s, so two cores can
 * play a dozen of them. Tables are built at the best known rate, or else the sizing rule would make builds of a minute; and
 * memory is smaller than its bandwidth, or else they would need more layers to catch who lacks a hundredth of them.
 */
const defaultScale: Scale = { rate: 1e-5, table: 7e-7, bandwidth: 4e-5, memory: 2e-5 };

export interface ScaledCatalogue {
  readonly catalogue: Catalogue;
  /** What the driver of a usual card of the model says of it in this world. */
  readonly claimed: (model: ClaimedName) => ClaimedModel;
  /** What a usual card of the model does in this world. */
  readonly chip: (model: ClaimedName) => ChipFigures;
}

/**
 * The published catalogue for a world in which some models are slower and smaller by fixed factors, all else being the same:
 * who is judged by it is judged by the same rules.
 *
 * @param models whose classes are scaled; all that can be claimed when absent. Real cards of other models are
 *   judged as ever.
 */
export function scaledCatalogue(
  models: readonly ClaimedName[] = Object.keys(claimedModels) as ClaimedName[],
  scale = defaultScale,
): ScaledCatalogue {
  const published = loadCatalogue();
  const scaled = new Set(models.map((model) => classOf(published, claimedModels[model]).id));
  const classes = published.classes.map((one) => (scaled.has(one.id) ? scaleClass(one, scale) : one));
  const catalogue = { classes };
  const claimed = (model: ClaimedName): ClaimedModel => {
    const { memoryBytes } = claimedModels[model];
    return {
      model: claimedModels[model].model,
      memoryBytes: models.includes(model) ? Math.round(memoryBytes * scale.memory) : memoryBytes,
    };
  };
  return { catalogue, claimed, chip: (model) => chipOf(classOf(catalogue, claimed(model)), claimed(model)) };
}

function classOf(catalogue: Catalogue, model: ClaimedModel): CardClass {
  const found = classOfClaim(catalogue, { ...model, kind: 'gpu', engine: simulatedEngine });
  if (found === null) throw new RangeError(`the catalogue has no class for ${model.model}`);
  return found;
}

function chipOf(cardClass: CardClass, { memoryBytes }: ClaimedModel): ChipFigures {
  const { memory } = cardClass;
  if (memory === null) throw new RangeError(`nothing is known of the memory of ${cardClass.id}`);
  return {
    opsPerSecond: expectation(cardClass, simulatedEngine).gflops * 1e9,
    tableOpsPerSecond: memory.tableGops * 1e9,
    bytesPerSecond: memory.bandwidthGBps * 1e9,
    memoryBytes,
  };
}

function scaleClass(one: CardClass, scale: Scale): CardClass {
  const expectations = Object.entries(one.expectations).map(([engine, figures]) => [
    engine,
    scaleRates(figures, scale.rate),
  ]);
  return {
    ...one,
    memoryBytes: Math.round(one.memoryBytes * scale.memory),
    memory: one.memory && scaleMemory(one.memory, scale),
    peakFp32Gflops: one.peakFp32Gflops === null ? null : one.peakFp32Gflops * scale.rate,
    expectations: Object.fromEntries(expectations) as CardClass['expectations'],
  };
}

function scaleRates(figures: Expectation, factor: number): Expectation {
  return {
    gflops: figures.gflops * factor,
    lowGflops: figures.lowGflops * factor,
    ceilingGflops: figures.ceilingGflops * factor,
    basis: figures.basis,
    source: `${figures.source}; times ${factor} for simulated cards`,
  };
}

function scaleMemory(figures: MemoryFigures, { table, bandwidth }: Scale): MemoryFigures {
  return {
    bandwidthGBps: figures.bandwidthGBps * bandwidth,
    lowGBps: figures.lowGBps * bandwidth,
    ceilingGBps: figures.ceilingGBps * bandwidth,
    tableGops: figures.bestGops * table,
    bestGops: figures.bestGops * table,
    basis: figures.basis,
    source: `${figures.source}; bandwidth times ${bandwidth}, rates times ${table} for simulated cards`,
  };
}
