import { limits } from '../../protocol/limits.js';
import type { CardClaim } from '../../protocol/messages/cards.js';
import type { ComputeShape } from '../../protocol/shapes.js';
import { type CardClass, expectation } from './catalogue.js';

/** Rate that no exam is sized beyond where a class has no peak of its own, GFLOP/s. */
const largestUnknown = 50_000;
/** Pages of a round on a fast card: enough to fill it, and 131,072 of 1,024 values still fit an 8 GB card. */
const pagesWanted = 131_072;

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
  return shapeOf(rate * 1e9 * targetSeconds, scaleFor(Math.max(rate, cardClass.peakFp32Gflops ?? 0)));
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

type Scale = Pick<ComputeShape, 'n' | 'layers'>;

/**
 * Wide pages and many layers keep a fast card at its arithmetic instead of its memory and our hashing; a slow one
 * needs small pages to have enough of them. By the peak where there is one: a loose prior must not slow a fast card down. 32 layers of 1,024 cost us 2 GFLOP a proof, tens of milliseconds.
 */
function scaleFor(bestRate: number): Scale {
  if (bestRate >= 1000) return { n: 1024, layers: 32 };
  if (bestRate >= 20) return { n: 512, layers: 16 };
  return { n: 256, layers: 8 };
}

function shapeOf(operations: number, { n, layers: most }: Scale): ComputeShape {
  const pagesWith = (layers: number) => operations / (2 * n * n * layers);
  let layers = most;
  // Rounding to 64 pages a round must not distort the exam, and openings need pages to choose from.
  while (layers > 1 && pagesWith(layers) < 1024) layers = Math.ceil(layers / 2);
  const total = pagesWith(layers);
  const rounds = within(Math.ceil(total / pagesWanted), total < 16_384 ? 2 : 4, limits.rounds);
  // Engines work in blocks of 1,024 pages; whole blocks are the fastest.
  const unit = total / rounds >= 4096 ? 1024 : 64;
  const pages = within(Math.round(total / rounds / unit) * unit, 64, limits.pages);
  return { n, layers, pages, rounds };
}

const within = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);
