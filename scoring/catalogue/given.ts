import type { CardClass, MemoryFigures } from './catalogue.js';
import { ceilingOverBandwidth, lowShareOfBandwidth } from './memory-figures.js';

/** Memory figures of an operator or a test; what is absent follows from the bandwidth as in the published catalogue. */
export type GivenMemory = Pick<MemoryFigures, 'bandwidthGBps' | 'tableGops' | 'bestGops'> &
  Partial<Pick<MemoryFigures, 'lowGBps' | 'ceilingGBps' | 'source'>>;

/**
 * A class with an operator's or a test's own figures, for every engine.
 *
 * @param figures rates in GFLOP/s; `lowGflops` is 22 % below and `ceilingGflops` 100 times `gflops` where absent;
 *   without `memory` the card's memory is examined and not judged
 */
export function givenClass(
  id: string,
  kind: CardClass['kind'],
  figures: {
    readonly models?: readonly string[];
    readonly memoryBytes?: number;
    readonly eligible?: boolean;
    readonly gflops: number;
    readonly lowGflops?: number;
    readonly ceilingGflops?: number;
    readonly source?: string;
    readonly memory?: GivenMemory;
  },
): CardClass {
  const { gflops, lowGflops = gflops * 0.78, ceilingGflops = gflops * 100, source = 'given' } = figures;
  return {
    id,
    kind,
    models: figures.models ?? [],
    memoryBytes: figures.memoryBytes ?? 0,
    peakFp32Gflops: null,
    memory: figures.memory === undefined ? null : givenMemory(figures.memory),
    eligible: figures.eligible ?? kind !== 'software',
    expectations: { '*': { gflops, lowGflops, ceilingGflops, basis: 'given', source } },
  };
}

function givenMemory({ bandwidthGBps, tableGops, bestGops, ...rest }: GivenMemory): MemoryFigures {
  return {
    bandwidthGBps,
    lowGBps: bandwidthGBps * lowShareOfBandwidth,
    ceilingGBps: bandwidthGBps * ceilingOverBandwidth,
    tableGops,
    bestGops,
    basis: 'given',
    source: 'given',
    ...rest,
  };
}
