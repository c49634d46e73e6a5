import type { CardClaim } from '../../protocol/messages/cards.js';
import type { ComputeShape } from '../../protocol/shapes.js';
import type { CardClass, Catalogue } from '../../scoring/catalogue/catalogue.js';
import { classOfClaim } from '../../scoring/catalogue/class-of-claim.js';
import { computeShapeFor } from '../../scoring/catalogue/compute-shape.js';
import type { DeviceState } from '../devices/devices.js';

/** A card with the class that it claims and the shape that follows from it. */
export interface ExaminedCard {
  readonly card: number;
  readonly claim: CardClaim;
  readonly engine: string;
  readonly cardClass: CardClass;
  readonly shape: ComputeShape;
}

/** The cards of a device that some engine can examine. */
export function examinedCards(catalogue: Catalogue, state: DeviceState, examSeconds = 2): ExaminedCard[] {
  return state.enrolment.cards.flatMap((claim, card) => {
    const { engine } = claim;
    if (engine === null) return [];
    const cardClass = classOfClaim(catalogue, claim);
    if (cardClass === null) return [];
    return [
      { card, claim, engine, cardClass, shape: computeShapeFor(cardClass, claim, engine, examSeconds) },
    ];
  });
}
