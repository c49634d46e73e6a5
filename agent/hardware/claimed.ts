import { componentHash } from '../../protocol/fingerprint.js';
import type { CardClaim } from '../../protocol/messages/cards.js';
import { plainBus, plainName } from './merge-cards.js';
import type { RawReport } from './report.js';
import { idOf } from './sources/values.js';

/** A card as it is claimed, with its raw id, and where it is plugged in, where that is known. */
export interface ClaimedCard {
  readonly claim: CardClaim;
  /** `0000:65:00.0`, however written. */
  readonly bus?: string | undefined;
}

/**
 * The claims as they leave the host: ids as keyed hashes, which equal the components of the report. What many cards share, such
 * as an id of zeros or a masked one, is none: two cards of one host, or of two, would be taken for one.
 *
 * @param key the network's `fingerprintKey`; null where there is none: no ids then
 */
export function claimsToSend(cards: readonly ClaimedCard[], key: Uint8Array | null): CardClaim[] {
  return cards.map(({ claim: { hardwareId, ...claim } }) => {
    const id = idOf(hardwareId);
    return {
      ...claim,
      ...(id !== null && key !== null && { hardwareId: componentHash(key, 'gpu-uuid', id) }),
    };
  });
}

/** The report with each card's claim: found by its UUID, else by its place on the bus, else by its name, in order. */
export function withClaims(report: RawReport, claimed: readonly ClaimedCard[]): RawReport {
  const claimOf = new Map<number, number>();
  const taken = new Set<number>();
  const match = (fits: (card: number, claim: ClaimedCard) => boolean): void => {
    for (const card of report.cards.keys()) {
      if (claimOf.has(card)) continue;
      const at = claimed.findIndex((one, index) => !taken.has(index) && fits(card, one));
      if (at < 0) continue;
      claimOf.set(card, at);
      taken.add(at);
    }
  };
  match((card, { claim: { hardwareId } }) => hardwareId !== undefined && holds(report, card, hardwareId));
  match((card, { bus }) => {
    const place = plainBus(bus);
    return place !== null && plainBus(report.cards[card]?.bus) === place;
  });
  match(
    (card, { claim }) =>
      claim.kind === 'gpu' && plainName(report.cards[card]?.name) === plainName(claim.model),
  );
  const cards = report.cards.map((card, at) => ({ ...card, claim: claimOf.get(at) ?? null }));
  return { ...report, cards };
}

const holds = ({ ids }: RawReport, card: number, uuid: string): boolean =>
  ids.some(
    (id) =>
      id.card === card &&
      id.kind === 'gpu-uuid' &&
      id.value.trim().toLowerCase() === uuid.trim().toLowerCase(),
  );
