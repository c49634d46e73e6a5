import type { CardClass } from './catalogue.js';

/**
 * A class with an operator's or a test's own figures, for every engine.
 *
 * @param figures rates in GFLOP/s; `lowGflops` is 22 % below and `ceilingGflops` 100 times `gflops` where absent
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
  },
): CardClass {
  const { gflops, lowGflops = gflops * 0.78, ceilingGflops = gflops * 100, source = 'given' } = figures;
  return {
    id,
    kind,
    models: figures.models ?? [],
    memoryBytes: figures.memoryBytes ?? 0,
    peakFp32Gflops: null,
    eligible: figures.eligible ?? kind !== 'software',
    expectations: { '*': { gflops, lowGflops, ceilingGflops, basis: 'given', source } },
  };
}
