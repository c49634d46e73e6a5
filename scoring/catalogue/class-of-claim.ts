import type { CardClaim } from '../../protocol/messages/cards.js';
import { type CardName, readName } from './card-name.js';
import { type CardClass, type Catalogue, classById, unlistedId } from './catalogue.js';
import { leastClaimedShare } from './memory-claim.js';

/**
 * The class that a claim says it is. A claim only chooses what is examined.
 *
 * A GPU belongs to a class when its name is one of the class's, whole, and its memory fits: `RTX 4090 Laptop GPU` and a
 * MIG slice of an A100 are neither an RTX 4090 nor an A100. Whatever fits none is `unlisted`, never refused.
 *
 * @returns null only where the catalogue has no class for that kind
 */
export function classOfClaim(catalogue: Catalogue, claim: CardClaim): CardClass | null {
  if (claim.kind !== 'gpu') return catalogue.classes.find(({ kind }) => kind === claim.kind) ?? null;
  const name = readName(claim.model);
  const fitting = catalogue.classes.filter(
    (one) =>
      one.kind === 'gpu' &&
      one.models.some((model) => sameModel(readName(model), name, one.memoryBytes)) &&
      memoryFits(claim.memoryBytes, one.memoryBytes),
  );
  return best(fitting, claim.memoryBytes) ?? classById(catalogue, unlistedId);
}

/** A size in the claimed name must be that of the model's name or of the class: a name can contradict itself. */
function sameModel(model: CardName, claimed: CardName, memoryBytes: number): boolean {
  if (model.words !== claimed.words) return false;
  return [null, model.memoryGB, memoryBytes / 2 ** 30].includes(claimed.memoryGB);
}

/**
 * Drivers report less than the board has (error correction takes 1/16, B300s keep 7 %, Windows some), and hardly more. 0 is
 * not known, on either side.
 */
function memoryFits(claimed: number, ofClass: number): boolean {
  if (claimed === 0 || ofClass === 0) return true;
  return claimed >= leastClaimedShare * ofClass && claimed <= 1.03 * ofClass;
}

/** The closest in memory; where the claim does not say, the smallest: nobody earns by keeping silent. */
function best(classes: readonly CardClass[], memoryBytes: number): CardClass | undefined {
  const distance = (one: CardClass) => Math.abs(one.memoryBytes - memoryBytes);
  return classes.toSorted((a, b) => distance(a) - distance(b))[0];
}
