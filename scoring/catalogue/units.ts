import type { CardClass } from './catalogue.js';

/**
 * What models are paid relative to others, 1 being an RTX 4090. By the catalogue's names of models; a model without a price is
 * not in it.
 */
export type Units = ReadonlyMap<string, number>;

/**
 * What a class is paid: the least of its models', because nobody can tell which of them a card is. A model without a price
 * counts for nothing where another of the class has one: it does the same in every exam.
 *
 * @returns null where the class never earns, or none of its models has a price: nobody is paid by a guess
 */
export function floorUnits(
  { eligible, models }: Pick<CardClass, 'eligible' | 'models'>,
  units: Units,
): number | null {
  const priced = models.map((model) => units.get(model)).filter((one) => one !== undefined);
  return eligible && priced.length > 0 ? Math.min(...priced) : null;
}
