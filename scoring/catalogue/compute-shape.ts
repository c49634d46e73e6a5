import type { CardClaim } from '../../protocol/messages/cards.js';
import type { ComputeShape } from '../../protocol/shapes.js';
import { sizedComputeShape } from '../../protocol/sized-compute-shape.js';
import { type CardClass, expectation } from './catalogue.js';

/** Rate that no exam is sized beyond where a class has no peak of its own, GFLOP/s. */
const largestUnknown = 50_000;

/**
 * The exam that takes a usual card of the class about `targetSeconds`, within the protocol's limits.
 *
 * Where the class has real figures, they size it. Where all we have is a loose prior (CPUs, unlisted cards, engines that
 * nobody measured), the card's own warm-up does, within what the class can be: who understates it gets a shorter exam
 * with the same required rate, who overstates it a longer one.
 */
export function computeShapeFor(
  cardClass: CardClass,
  claim: Pick<CardClaim, 'warmupGflops'>,
  engine: string,
  targetSeconds: number,
): ComputeShape {
  const rate = likelyRate(cardClass, claim, engine);
  // By the peak where there is one: a loose prior must not slow a fast card down.
  return sizedComputeShape(rate, targetSeconds, Math.max(rate, cardClass.peakFp32Gflops ?? 0));
}

/** The rate that a card of this class and claim most likely has, GFLOP/s. */
export function likelyRate(
  cardClass: CardClass,
  { warmupGflops }: Pick<CardClaim, 'warmupGflops'>,
  engine: string,
): number {
  const { gflops, basis } = expectation(cardClass, engine);
  if (basis !== 'prior' || warmupGflops === undefined || !Number.isFinite(warmupGflops)) return gflops;
  return Math.min(Math.max(warmupGflops, gflops), cardClass.peakFp32Gflops ?? largestUnknown);
}
