import { spread } from './build.js';
import { type CardClass, type Catalogue, classById, type Expectation, expectation } from './catalogue.js';
import { figuredExpectation } from './figured.js';

/**
 * What the fleet shows of one class on one engine (`scoring/queries/learn.ts`). Rates are GFLOP/s, one of each GPU: the median
 * of its exams. A GPU counts when it has shown the class's memory, and reaches the published floor.
 */
export interface FleetSample {
  readonly class: string;
  readonly engine: string;
  /** Distinct GPUs that count. */
  readonly cards: number;
  /** Distinct owners of them: wallets, or devices that name none. */
  readonly owners: number;
  /** GPUs of the owner who has most. */
  readonly largestOwner: number;
  /** Of those that count: 2 % are below `q02`, half below `q50`. */
  readonly q02: number;
  readonly q50: number;
  /**
   * The same of all that would be held against the floor: for an engine that nobody has measured also those below the
   * published floor of the others, which pass today.
   */
  readonly seenQ02: number;
}

/** Figures that the fleet taught for one class and engine; `figures` of `catalogue.learned`. GFLOP/s. */
export interface LearnedFigure {
  readonly class: string;
  readonly engine: string;
  /** A usual card. */
  readonly gflops: number;
  /** Below it is not of this class. */
  readonly lowGflops: number;
  readonly cards: number;
  readonly q02: number;
  readonly q50: number;
}

/** A figure moves by at most this much from one epoch to the next. */
export const largestStep = 0.05;
/** Less than this is no change: figures must not flicker. */
const smallestStep = 0.01;
/** One hand must not make a figure: so many owners at least, and none with more than this share of the GPUs. */
const fewestOwners = 3;
const largestShare = 0.5;

/** A rate pair on its way: what the class is expected to do, and what it must. */
type Rates = Pick<LearnedFigure, 'gflops' | 'lowGflops'>;

/**
 * The figures of the next epoch (ADR 12). Where a sample bears one, the floor moves towards 22 % below the median, or what the
 * slowest model of the class does where that is the median of the fastest, by at most 5 %; where none does any more, back towards the published one, as slowly, until there is nothing learned left.
 *
 * A sample bears a figure when it has enough GPUs of enough owners, no more than 2 % of all that would be held against the
 * floor lie below it, and the median is within physics. The floor is never below the published one. Pure: the order of
 * samples and figures does not matter.
 *
 * @param published the catalogue without anything learned
 * @param before figures of the epoch before
 * @param leastCards GPUs that a sample has at least
 * @returns by class and engine, each once
 */
export function learn(
  published: Catalogue,
  before: readonly LearnedFigure[],
  samples: readonly FleetSample[],
  leastCards: number,
): LearnedFigure[] {
  const known = new Map(before.map((figure) => [keyOf(figure), figure]));
  const seen = new Map(samples.map((sample) => [keyOf(sample), sample]));
  const keys = [...new Set([...known.keys(), ...seen.keys()])].toSorted();
  return keys.flatMap((key) => {
    const [figure, sample] = [known.get(key) ?? null, seen.get(key) ?? null];
    const { class: id, engine } = figure ?? (sample as FleetSample);
    const base = basisOf(published, id, engine);
    if (base === null) return [];
    return next(base, figure, sample !== null && isEnough(sample, leastCards) ? sample : null, {
      id,
      engine,
    });
  });
}

const keyOf = (one: { readonly class: string; readonly engine: string }) => `${one.class}/${one.engine}`;

interface Base {
  /** What is published: of the engine itself, or the lowest of the class's other engines. */
  readonly figures: Expectation;
  /** Whether they are the engine's own. */
  readonly own: boolean;
  readonly ceilingGflops: number;
  /** Of what the fastest model of the class does, the slowest does so much. */
  readonly slowestShare: number;
}

/** Null where nothing can be learned: no such class, none of GPUs, or none with published figures. */
function basisOf(published: Catalogue, id: string, engine: string): Base | null {
  const cardClass = classById(published, id);
  if (cardClass === null || cardClass.id !== id || !isLearnable(cardClass)) return null;
  const figures = figuredExpectation(cardClass, engine);
  if (figures === null) return null;
  const { basis, ceilingGflops } = expectation(cardClass, engine);
  return { figures, own: basis !== 'prior', ceilingGflops, slowestShare: cardClass.slowestShare ?? 1 };
}

/** Only what can earn is taught, and only where a memory is known that confirms it. */
export const isLearnable = ({ kind, memory, eligible }: CardClass): boolean =>
  kind === 'gpu' && eligible && memory !== null && memory.basis !== 'prior';

const isEnough = ({ cards, owners, largestOwner }: FleetSample, leastCards: number): boolean =>
  cards >= Math.max(1, leastCards) && owners >= fewestOwners && largestOwner <= cards * largestShare;

function next(
  base: Base,
  figure: LearnedFigure | null,
  sample: FleetSample | null,
  { id, engine }: { readonly id: string; readonly engine: string },
): LearnedFigure[] {
  const { figures, own } = base;
  const taught = sample === null ? null : taughtBy(base, sample);
  // An engine without figures has nothing to step from: its first figure is set whole. It never undercuts the others'.
  const from: Rates | null = figure ?? (own ? figures : taught);
  if (from === null) return [];
  const goal = taught ?? figures;
  const to = {
    gflops: stepped(from.gflops, goal.gflops),
    lowGflops: Math.max(stepped(from.lowGflops, goal.lowGflops), figures.lowGflops),
  };
  if (figure === null && own && isNear(to, figures)) return [];
  // Steps end on the published figures themselves, so the last one is no larger than the others.
  if (taught === null && to.gflops === figures.gflops && to.lowGflops === figures.lowGflops) return [];
  // Nothing moved: the figure stays as it was frozen, with the cards that it is from.
  if (figure !== null && isNear(to, figure)) return [figure];
  const { cards, q02, q50 } = sample ?? figure ?? { cards: 0, q02: 0, q50: 0 };
  return [{ class: id, engine, ...to, cards, q02, q50 }];
}

/**
 * The rates that a sample bears; null where it bears none. Most of the sample may be of the class's fastest model: a slower one,
 * of which there are too few to be seen among 2 %, is held to what it can do.
 */
function taughtBy(base: Base, { q50, seenQ02 }: FleetSample): Rates | null {
  const { figures, ceilingGflops, slowestShare } = base;
  if (!Number.isFinite(q50) || q50 <= 0 || q50 > ceilingGflops) return null;
  const gflops = q50 * slowestShare;
  const lowGflops = Math.max(gflops * (1 - spread), figures.lowGflops);
  return lowGflops <= seenQ02 ? { gflops: Math.max(gflops, lowGflops), lowGflops } : null;
}

const stepped = (from: number, goal: number): number =>
  Math.min(Math.max(goal, from * (1 - largestStep)), from * (1 + largestStep));

const isNear = (a: Rates, b: Rates): boolean =>
  [a.gflops / b.gflops, a.lowGflops / b.lowGflops].every((share) => Math.abs(share - 1) < smallestStep);
