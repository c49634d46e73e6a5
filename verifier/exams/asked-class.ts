import type { CardClaim } from '../../protocol/messages/cards.js';
import { askedByMeasurement } from '../../scoring/catalogue/by-measurement.js';
import { type CardClass, type Catalogue, classById, unlistedId } from '../../scoring/catalogue/catalogue.js';
import { classOfClaim } from '../../scoring/catalogue/class-of-claim.js';
import type { ExamFact } from '../../scoring/facts/facts.js';
import { sameHardware } from '../devices/hardware.js';
import type { ExamHistory } from '../devices/histories.js';

/** The class by whose shapes and floors a card is asked. */
export interface AskedClass {
  readonly cardClass: CardClass;
  /** Its name is in no class: it is the one that its last exam measured it as. */
  readonly byMeasurement?: true;
}

/**
 * The class that a card is asked as: the one that it claims. Where its name is in none, the one that its last exam measured it as,
 * and where that was none, or the exam of another card, `unlisted`.
 *
 * @param history of the device; null where it is not known: then as claimed
 * @returns null only where the catalogue has no class for that kind
 */
export function askedClass(
  catalogue: Catalogue,
  claim: CardClaim,
  card: number,
  history: Pick<ExamHistory, 'latest'> | null,
): AskedClass | null {
  const claimed = classOfClaim(catalogue, claim);
  if (claimed === null) return null;
  const last = history?.latest.get(card);
  if (claimed.id !== unlistedId || claim.engine === null || last?.measuredAs == null)
    return { cardClass: claimed };
  const measured = sameHardware([last.claim], [claim]) ? classById(catalogue, last.measuredAs) : null;
  if (measured === null) return { cardClass: claimed };
  return { cardClass: askedByMeasurement(catalogue, measured, claim.engine), byMeasurement: true };
}

/** Of a card of no listed name: its exam has shown which class it would fit, and it has not been asked as that yet. */
export const awaitsClass = ({ class: shown, measuredAs }: ExamFact): boolean =>
  measuredAs != null && measuredAs !== shown && shown !== null;
