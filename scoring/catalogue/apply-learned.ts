import { type CardClass, type Catalogue, type Expectation, expectation } from './catalogue.js';
import { figuredExpectation } from './figured.js';
import type { LearnedFigure } from './learn.js';

/** Figures of one epoch; `catalogue.learned` fits. */
export interface LearnedFigures {
  /** The UTC hour that they hold from, counted from 1970. */
  readonly epoch: number;
  /** Exams of these times went in, milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly figures: readonly LearnedFigure[];
}

const dayMs = 24 * 3600_000;

/**
 * A catalogue with what the fleet taught. Of classes that it has no more, nothing is taken; where its own figures are newer and
 * higher, or its physics lower, those stand. Pure.
 */
export function applyLearned(published: Catalogue, learned: LearnedFigures): Catalogue {
  const classes = published.classes.map((one) => {
    const figures = learned.figures.filter((figure) => figure.class === one.id);
    return figures.length === 0 ? one : withFigures(one, figures, learned);
  });
  return { classes };
}

function withFigures(
  cardClass: CardClass,
  figures: readonly LearnedFigure[],
  learned: LearnedFigures,
): CardClass {
  const taught = figures.flatMap((figure): [string, Expectation][] => {
    const least = figuredExpectation(cardClass, figure.engine);
    const { ceilingGflops } = expectation(cardClass, figure.engine);
    if (least === null || figure.gflops > ceilingGflops) return [];
    const lowGflops = Math.max(figure.lowGflops, least.lowGflops);
    const rates = { gflops: Math.max(figure.gflops, lowGflops), lowGflops, ceilingGflops };
    return [[figure.engine, { ...rates, basis: 'fleet', source: sourceOf(figure, learned) }]];
  });
  return { ...cardClass, expectations: { ...cardClass.expectations, ...Object.fromEntries(taught) } };
}

function sourceOf({ cards, q50 }: LearnedFigure, { epoch, from, to }: LearnedFigures): string {
  const days = Math.round((to - from) / dayMs);
  return `${cards} cards of the fleet in ${days} days, their median ${q50.toPrecision(4)} GFLOP/s; from epoch ${epoch} on`;
}
