import { buildCatalogue, type CatalogueData } from './build.js';
import type { CardClass, Catalogue } from './catalogue.js';
import { type Counts, issuedCounts, paperCounts } from './impersonation-counts.js';
import { floorUnits, type Units } from './units.js';

/** One card that might pass as others: what it can do, and the class that it is paid as when it says what it is. */
export interface Impersonator {
  readonly name: string;
  /** Figures of this model alone. */
  readonly figures: CardClass;
  readonly honest: CardClass;
}

/** `paper`: published figures at the spread of honest cards. `issued`: what our exams demand today, whatever program answers. */
export const bases = ['paper', 'issued'] as const;
export type ImpersonationBasis = (typeof bases)[number];

/** One card of a model as several of a class, at one instant. */
export interface Pair {
  readonly card: string;
  readonly as: string;
  /** What the card is paid as what it is, and each of those that it passes as. */
  readonly units: { readonly card: number; readonly as: number };
  readonly counts: Readonly<Record<ImpersonationBasis, Counts>>;
}

/** Ordered pairs where it pays to be two or more, by what the exam would measure. */
export interface PaySummary {
  readonly compute: number;
  readonly bandwidth: number;
  readonly memory: number;
  /** All three at the same instant. */
  readonly all: number;
  /** As `all`, by cards that answer with the public engines and no better kernels. */
  readonly ownEngines: number;
}

export interface ImpersonationMatrix {
  /** Models that have a price, and classes that are paid. */
  readonly cards: number;
  readonly classes: number;
  /** Models whose class is not paid: what they could pass as is not in the matrix. */
  readonly unpaid: readonly string[];
  readonly summary: Readonly<Record<ImpersonationBasis, PaySummary>>;
  /** All three at once: two or more, and it pays. By basis, the most profitable first. */
  readonly pays: Readonly<Record<ImpersonationBasis, readonly Pair[]>>;
  /** All three at once: one card as one of a class that is paid more. */
  readonly dearer: Readonly<Record<ImpersonationBasis, readonly Pair[]>>;
}

/** Each model of the catalogue with figures of its own, beside the class that it belongs to. */
export function impersonators(data: CatalogueData): Impersonator[] {
  const { classes } = buildCatalogue(data);
  const alone = buildCatalogue({ ...data, together: [] }).classes;
  return alone.flatMap((figures) => {
    const [name] = figures.models;
    const honest = classes.find(({ models }) => name !== undefined && models.includes(name));
    return name === undefined || honest === undefined ? [] : [{ name, figures, honest }];
  });
}

/** The same where nothing but classes is known, as in an operator's own catalogue: a class counts as one model. */
export const classesAsImpersonators = ({ classes }: Catalogue): Impersonator[] =>
  classes.flatMap((one) =>
    one.kind === 'gpu' && one.models.length > 0 ? [{ name: one.id, figures: one, honest: one }] : [],
  );

/** The impersonation matrix (docs/impersonation.md). Pure: the same figures give the same matrix. */
export function impersonationMatrix(
  cards: readonly Impersonator[],
  { classes }: Catalogue,
  units: Units,
): ImpersonationMatrix {
  const paid = classes.flatMap((one) => {
    const floor = floorUnits(one, units);
    return floor === null ? [] : [{ one, floor }];
  });
  const priced = cards.flatMap((card) => {
    const floor = floorUnits(card.honest, units);
    return floor === null ? [] : [{ card, floor }];
  });
  const pairs = priced.flatMap(({ card, floor }) =>
    paid.map(
      (to): Pair => ({
        card: card.name,
        as: to.one.id,
        units: { card: floor, as: to.floor },
        counts: { paper: paperCounts(card.figures, to.one), issued: issuedCounts(card.figures, to.one) },
      }),
    ),
  );
  const byBasis = <T>(of: (basis: ImpersonationBasis) => T) => ({ paper: of('paper'), issued: of('issued') });
  return {
    cards: priced.length,
    classes: paid.length,
    unpaid: cards.filter(({ honest }) => floorUnits(honest, units) === null).map(({ name }) => name),
    summary: byBasis((basis) => summarise(pairs, basis)),
    pays: byBasis((basis) =>
      pairs.filter((pair) => paysAsSeveral(pair, pair.counts[basis].all)).sort(byGain(basis)),
    ),
    dearer: byBasis((basis) =>
      pairs
        .filter((pair) => pair.counts[basis].all === 1 && pair.units.as > pair.units.card)
        .sort(byGain(basis)),
    ),
  };
}

function paysAsSeveral({ units }: Pair, count: number | null): boolean {
  return count === null || (count >= 2 && count * units.as > units.card);
}

function summarise(pairs: readonly Pair[], basis: ImpersonationBasis): PaySummary {
  const paying = (column: keyof Counts) =>
    pairs.filter((pair) => paysAsSeveral(pair, pair.counts[basis][column])).length;
  return {
    compute: paying('compute'),
    bandwidth: paying('bandwidth'),
    memory: paying('memory'),
    all: paying('all'),
    ownEngines: paying('ownEngines'),
  };
}

/** How many times its honest pay the card earns. */
export const gain = ({ units, counts }: Pair, basis: ImpersonationBasis): number =>
  ((counts[basis].all ?? Number.POSITIVE_INFINITY) * units.as) / units.card;

const byGain = (basis: ImpersonationBasis) => (a: Pair, b: Pair) =>
  gain(b, basis) - gain(a, basis) || compare(a.card, b.card) || compare(a.as, b.as);

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
