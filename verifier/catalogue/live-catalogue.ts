import type { Clock } from '../../protocol/clock.js';
import { applyLearned } from '../../scoring/catalogue/apply-learned.js';
import type { CardClass, Catalogue } from '../../scoring/catalogue/catalogue.js';
import type { Fact } from '../../scoring/facts/facts.js';
import type { CatalogueLearnedFact } from '../../scoring/facts/hardware.js';
import { epochOf } from './epoch.js';

export interface LiveCatalogueOptions {
  readonly published: Catalogue;
  readonly clock: Pick<Clock, 'now'>;
  /** Whether what the fleet taught is taken at all. */
  readonly learns: boolean;
}

/**
 * The catalogue that holds now: the published one with the figures that the fleet taught, from the epoch on that they were frozen
 * for. They are on record in the hour before, so all verifiers change over at the same instant, whenever each heard of them. An
 * exam that runs keeps the class that it began with: classes are values, and the next epoch has others.
 */
export class LiveCatalogue implements Catalogue {
  readonly published: Catalogue;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #learns: boolean;
  /** By epoch; the one that holds, and those to come. */
  readonly #facts = new Map<number, CatalogueLearnedFact>();
  #applied: { readonly fact: CatalogueLearnedFact | null; readonly classes: readonly CardClass[] };

  constructor({ published, clock, learns }: LiveCatalogueOptions) {
    this.published = published;
    this.#clock = clock;
    this.#learns = learns;
    this.#applied = { fact: null, classes: published.classes };
  }

  get classes(): readonly CardClass[] {
    const { learned } = this;
    if (learned !== this.#applied.fact) {
      const { classes } = learned === null ? this.published : applyLearned(this.published, learned);
      this.#applied = { fact: learned, classes };
    }
    return this.#applied.classes;
  }

  /** The figures that hold now; null where nothing was learned. */
  get learned(): CatalogueLearnedFact | null {
    const epoch = epochOf(this.#clock.now());
    return latestOf([...this.#facts.values()].filter((fact) => fact.epoch <= epoch));
  }

  /** The figures of the latest epoch, which may be still to come: what the next ones are learned from. */
  get latest(): CatalogueLearnedFact | null {
    return latestOf([...this.#facts.values()]);
  }

  /**
   * Takes in a fact that is on record, by whomever. Of one epoch one fact stands at all verifiers, in whatever order they hear of
   * several: the earlier, and of two of the same millisecond the one that sorts first.
   */
  apply(fact: Fact): void {
    if (fact.kind !== 'catalogue.learned' || !this.#learns) return;
    const known = this.#facts.get(fact.epoch);
    if (known === undefined || goesBefore(fact, known)) this.#facts.set(fact.epoch, fact);
    const { learned } = this;
    for (const epoch of this.#facts.keys()) if (epoch < (learned?.epoch ?? 0)) this.#facts.delete(epoch);
  }
}

const latestOf = (facts: readonly CatalogueLearnedFact[]): CatalogueLearnedFact | null =>
  facts.reduce<CatalogueLearnedFact | null>(
    (latest, one) => (latest === null || one.epoch > latest.epoch ? one : latest),
    null,
  );

const goesBefore = (one: CatalogueLearnedFact, other: CatalogueLearnedFact): boolean =>
  one.at < other.at || (one.at === other.at && JSON.stringify(one) < JSON.stringify(other));
