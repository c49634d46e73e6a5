import type { MemoryFigures } from './catalogue.js';
import type { ModelFigures } from './model-figures.js';

/** One entry of `tensor.json`: the best exact int8 rate of some dies or models. */
export interface TensorUnit {
  readonly vendor: string;
  readonly dies?: readonly string[];
  readonly models?: readonly string[];
  /** Dense int8 rate over the published fp32 peak, both as operations a second. */
  readonly int8OverFp32: number;
  /** Rate of the table engine over the published fp32 peak. */
  readonly tableOverFp32: number;
  /** What the bus brings from the host's memory at best, 10^9 bytes a second. */
  readonly hostGBps?: number;
  readonly source: string;
}

export interface TensorData {
  /** Factor on every rate for clocks above the data sheet's. */
  readonly margin: number;
  readonly units: readonly TensorUnit[];
}

/**
 * Share of the published bandwidth that the slowest honest walk keeps. Nobody has measured our walk on real cards, so it
 * must hurt no honest one; memory of the host over PCIe is 20 to 75 times slower and still far below.
 */
export const lowShareOfBandwidth = 0.35;
/** Overclocked memory and what the caches add; beyond it is quarantine, so it must be certain. */
export const ceilingOverBandwidth = 2;

/**
 * Memory figures of a class: the lowest of its models' for what an honest card must reach, the highest for what a cheat might.
 * @returns null where nothing is known of any tensor unit
 */
export function memoryFigures(models: readonly ModelFigures[], tensor: TensorData): MemoryFigures | null {
  if (models.length === 0 || tensor.units.length === 0) return null;
  const bandwidths = models.map(({ bandwidthGBps }) => bandwidthGBps);
  const bandwidth = Math.min(...bandwidths);
  const rates = models.map((model) => ({ peak: model.fp32TFLOPS * 1000, unit: unitOf(model, tensor.units) }));
  return {
    bandwidthGBps: bandwidth,
    lowGBps: bandwidth * lowShareOfBandwidth,
    ceilingGBps: Math.max(...bandwidths) * ceilingOverBandwidth,
    tableGops: Math.min(...rates.map(({ peak, unit }) => peak * unit.tableOverFp32)),
    bestGops: Math.max(...rates.map(({ peak, unit }) => peak * unit.int8OverFp32)) * tensor.margin,
    ...fastestBus(rates.map(({ unit }) => unit.hostGBps)),
    basis: 'published-peak',
    source: [
      `published bandwidth, at least ${lowShareOfBandwidth * 100} % of it`,
      ...new Set(rates.map(({ unit }) => unit.source)),
    ].join('; '),
  };
}

function fastestBus(known: readonly (number | undefined)[]): Pick<MemoryFigures, 'hostGBps'> {
  const rates = known.filter((one) => one !== undefined);
  return rates.length === 0 ? {} : { hostGBps: Math.max(...rates) };
}

/** The model's own entry, else its die's, else the fastest of its vendor, else the fastest of all. */
function unitOf({ vendor, model, die }: ModelFigures, units: readonly TensorUnit[]): TensorUnit {
  const ofVendor = units.filter((unit) => unit.vendor === vendor);
  return (
    units.find(({ models }) => models?.includes(model)) ??
    ofVendor.find(({ dies }) => die !== undefined && dies?.includes(die)) ??
    fastest(ofVendor.length > 0 ? ofVendor : units)
  );
}

function fastest(units: readonly TensorUnit[]): TensorUnit {
  return units.reduce((best, unit) => (unit.int8OverFp32 > best.int8OverFp32 ? unit : best));
}
