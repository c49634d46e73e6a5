import type { CardClass, Expectation } from './catalogue.js';

/**
 * What a card has to reach to be of the class, whichever engine it names: the engine's own expectation where somebody measured
 * it; else the lowest of the class's others. The work of an exam is the same on every engine, and an engine is a name that the
 * device gives: whoever reaches that floor by any program could have reached it under the other name (ADR 12).
 *
 * @returns null where the class has figures for no engine
 */
export function figuredExpectation({ expectations }: CardClass, engine: string): Expectation | null {
  const own = Object.hasOwn(expectations, engine) ? expectations[engine] : expectations['*'];
  if (own !== undefined && own.basis !== 'prior') return own;
  const figured = Object.values(expectations).filter(({ basis }) => basis !== 'prior');
  return figured.reduce<Expectation | null>(
    (least, one) => (least === null || one.lowGflops < least.lowGflops ? one : least),
    null,
  );
}
