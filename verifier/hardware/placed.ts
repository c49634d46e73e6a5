import { TouchstoneError } from '../../protocol/error.js';
import type { ComponentKind, HardwareReport } from '../../protocol/messages/hardware.js';

const ofCards: ReadonlySet<ComponentKind> = new Set(['gpu-uuid', 'gpu-pdi', 'gpu-serial', 'gpu-parent']);

/**
 * Whether a report points only to what is there: no two of its cards to one claim, none to a claim that is not made, no id to a card
 * that is not reported, or to a card where it is of the host.
 *
 * @param claims how many cards are claimed
 * @throws TouchstoneError `hardware.misplaced`
 */
export function assertPlaced({ cards, components }: HardwareReport, claims: number): void {
  const claimed = cards.flatMap(({ claim }) => (claim === null ? [] : [claim]));
  const none = claimed.find((claim) => claim >= claims);
  if (none !== undefined) throw misplaced(`A card of the report stands for claim ${none} of ${claims}.`);
  const twice = claimed.find((claim, at) => claimed.indexOf(claim) !== at);
  if (twice !== undefined) throw misplaced(`Two cards of the report stand for claim ${twice}.`);
  for (const { kind, card } of components) {
    const isThere = card === null || card < cards.length;
    if (!isThere || ofCards.has(kind) !== (card !== null))
      throw misplaced(`A ${kind} is given to ${card === null ? 'the host' : `card ${card}`}.`);
  }
}

const misplaced = (detail: string) => new TouchstoneError('hardware.misplaced', detail);
