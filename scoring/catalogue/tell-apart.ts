import { spread } from './build.js';
import { leastClaimedShare } from './memory-claim.js';
import type { ModelFigures } from './model-figures.js';

/** What of a model an exam can measure, as published. */
export interface Measurable {
  readonly model: string;
  readonly vendor: string;
  readonly fp32TFLOPS: number;
  /** fp32 matrix rate that somebody measured, else null. */
  readonly measuredTFLOPS: number | null;
  readonly bandwidthGBps: number;
  /** Null for unified memory: there the claim says how much. */
  readonly memoryGB: number | null;
}

export interface PublicRate {
  readonly model: string;
  readonly fp32MeasuredTFLOPS: number;
}

/** What tells two models apart. `vendor` is not physics: see `tellsApart`. */
export type Separator = 'vendor' | 'memory' | 'bandwidth' | 'arithmetic';

export function measurable(model: ModelFigures, measured: readonly PublicRate[]): Measurable {
  return {
    model: model.model,
    vendor: model.vendor,
    fp32TFLOPS: model.fp32TFLOPS,
    measuredTFLOPS: measured.find((one) => one.model === model.model)?.fp32MeasuredTFLOPS ?? null,
    bandwidthGBps: model.bandwidthGBps,
    memoryGB: model.memoryGB ?? null,
  };
}

/**
 * How alike two models are in each figure that an exam measures: the smaller over the larger, 1 where they are the same.
 *
 * Arithmetic has up to two figures, the peak of the data sheet and a rate that somebody measured. Only where both differ do
 * they count as different: a card with a lower peak can be measured as fast as another, and then an exam measures so too; and
 * one of the same die that was measured slower (by its power limit, or its owner's software) can be made as fast.
 */
export function likeness(
  a: Measurable,
  b: Measurable,
): Readonly<Record<'arithmetic' | 'bandwidth' | 'memory', number>> {
  const measured =
    a.measuredTFLOPS === null || b.measuredTFLOPS === null ? 0 : ratio(a.measuredTFLOPS, b.measuredTFLOPS);
  return {
    arithmetic: Math.max(ratio(a.fp32TFLOPS, b.fp32TFLOPS), measured),
    bandwidth: ratio(a.bandwidthGBps, b.bandwidthGBps),
    // Who has unified memory claims what it likes, and is asked for that.
    memory: a.memoryGB === null || b.memoryGB === null ? 1 : ratio(a.memoryGB, b.memoryGB),
  };
}

const ratio = (a: number, b: number): number => Math.min(a, b) / Math.max(a, b);

/**
 * What tells these models apart at the spread of honest cards, or null: the slowest of the better model is then no faster than
 * the fastest of the other, and a total of memory can be that of either.
 *
 * Cards of two vendors are never one class: each is held to the floor of its own engine, and a class that mixes them would have
 * figures for neither. What one vendor's card could pass as of another's, verdicts say (`alsoPossible`).
 */
export function tellsApart(a: Measurable, b: Measurable): Separator | null {
  const { arithmetic, bandwidth, memory } = likeness(a, b);
  if (a.vendor !== b.vendor) return 'vendor';
  if (memory < leastClaimedShare) return 'memory';
  if (bandwidth < 1 - spread) return 'bandwidth';
  return arithmetic < 1 - spread ? 'arithmetic' : null;
}
