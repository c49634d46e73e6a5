import { limits } from './limits.js';
import type { ComputeShape } from './shapes.js';

/** Pages of a round on a fast card: enough to fill it, and 131,072 of 1,024 values still fit an 8 GB card. */
const pagesWanted = 131_072;

/**
 * The compute exam that takes a card about so long, within the protocol's limits.
 *
 * @param gflops rate that the card likely has, GFLOP/s
 * @param seconds time that it should take
 * @param bestGflops rate that it might have at best: chooses how wide and deep the pages are
 */
export function sizedComputeShape(gflops: number, seconds: number, bestGflops = gflops): ComputeShape {
  return shapeOf(gflops * 1e9 * seconds, scaleFor(bestGflops));
}

type Scale = Pick<ComputeShape, 'n' | 'layers'>;

/**
 * Wide pages and many layers keep a fast card at its arithmetic instead of its memory and our hashing; a slow one
 * needs small pages to have enough of them. 32 layers of 1,024 cost the verifier 2 GFLOP a proof, tens of milliseconds.
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
  // Rounded up: an exam is never shorter than asked for.
  const pages = within(Math.ceil(total / rounds / unit) * unit, 64, limits.pages);
  return { n, layers, pages, rounds };
}

const within = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);
