import { limits } from '../../protocol/limits.js';
import type { MemoryShape } from '../../protocol/shapes.js';
import type { TableLayout } from './table-layout.js';

/** How a table is walked on. */
export type WalkSize = Pick<MemoryShape, 'rounds' | 'walkers' | 'steps'>;

/** More rounds force a prover to make what it lacks again and again. */
const fewestRounds = 4;
/** A round reads at most half as often as there are pages: what was made again in it is then seldom asked for twice. */
const mostReadsPerPage = 0.5;
/**
 * Results that a device hashes beside its walk, a second: one thread of Node makes 57 million of them into leaves and trees,
 * batch by batch while the next one walks. A faster walk has longer walkers, up to a number of pages that a proof can afford
 * to make.
 */
const resultsPerSecond = 45e6;
const usualSteps = 16;
const mostSteps = 64;
/** Walkers of a round are at least so many where there is enough to read, so that each round reads from every bank. */
const fewestWalkers = 128;
/** Results in a leaf. */
const leafWalkers = 256;

/**
 * A walk that reads about `bytes` of a table.
 *
 * @param bytesPerSecond what a usual card reads: chooses how long the walkers are
 */
export function walkSize(layout: TableLayout, bytes: number, bytesPerSecond: number): WalkSize {
  const { n, banks, bankPages } = layout;
  const reads = Math.max(fewestRounds, bytes / n);
  const mostReads = Math.max(1, Math.floor(banks * bankPages * mostReadsPerPage));
  const rounds = within(Math.ceil(reads / mostReads), fewestRounds, limits.rounds);
  const perRound = Math.min(reads / rounds, mostReads);
  const steps = Math.min(stepsFor(bytesPerSecond / n), Math.max(1, Math.floor(perRound / fewestWalkers)));
  const walkers = within(
    Math.round(perRound / steps),
    1,
    Math.min(limits.walkers, Math.floor(mostReads / steps)),
  );
  return { rounds, steps, walkers: walkers < 16 * leafWalkers ? walkers : walkers - (walkers % leafWalkers) };
}

function stepsFor(readsPerSecond: number): number {
  const wanted = 2 ** Math.ceil(Math.log2(readsPerSecond / resultsPerSecond));
  return within(wanted, usualSteps, mostSteps);
}

const within = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);
