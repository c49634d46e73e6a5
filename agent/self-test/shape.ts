import type { ComputeShape } from '../../protocol/shapes.js';

const blockPages = 1024;
const layers = 4;

/**
 * The shape of a self-test: about `seconds` of work for a card of this rate, in a few rounds.
 *
 * @param gflops the card's rate in its warm-up
 */
export function selfTestShape(gflops: number, seconds: number): ComputeShape {
  const n = gflops < 20 ? 256 : gflops < 1000 ? 512 : 1024;
  const pages = (gflops * 1e9 * seconds) / (2 * n * n * layers);
  const pagesEachRound = clamp(Math.floor(pages / 4 / blockPages), 1, 64) * blockPages;
  return { n, layers, pages: pagesEachRound, rounds: clamp(Math.round(pages / pagesEachRound), 1, 256) };
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
