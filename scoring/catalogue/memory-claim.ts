import type { CardClaim } from '../../protocol/messages/cards.js';

/** What of a claim the memory exam depends on. */
export type MemoryClaim = Pick<CardClaim, 'memoryBytes' | 'memoryEngine' | 'tableGops'>;

/** A device's number where it is a positive one, else null: absent, 0 and whatever is no number say nothing. */
export const claimedNumber = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) && value > 0 ? value : null;

/** No table is larger than 512 GiB, whatever a device claims. */
export const mostTableBytes = 512 * 2 ** 30;
/** Share of the card's memory that the table fills: whole banks make it 87 to 90 %, and the driver needs some. */
export const filledShare = 0.9;
/** Error correction and drivers keep some of a board's memory: a claim may be lower than its class, by 12 % at most. */
export const leastClaimedShare = 0.88;
