/** A batch of a journal: which bytes of which segment. */
export interface BatchBounds {
  /** Of the journal: 16 hexadecimal digits. */
  readonly journal: string;
  readonly segment: number;
  readonly from: number;
  readonly to: number;
}

/** Where a fact stands among all of its journal. */
export interface FactPlace {
  readonly journal: string;
  /** Grows from fact to fact. */
  readonly place: number;
}

/** More bytes than a segment has: one batch ends where it is full, and a batch is some megabytes. */
const segmentPlaces = 2 ** 30;

/**
 * Names a batch, or the fact at one place of it that is sent alone. The same batch has the same token always, and no other has.
 * @param alone place of the fact in its batch
 */
export function batchToken({ journal, segment, from, to }: BatchBounds, alone?: number): string {
  const batch = `${journal}/${segment}/${from}-${to}`;
  return alone === undefined ? batch : `${batch}/${alone}`;
}

const token = /^([0-9a-f]{16})\/(\d{1,7})\/(\d{1,10})-\d{1,10}(?:\/(\d{1,9}))?$/;

/**
 * The place of a fact in the order of its journal. A fact has more than one byte, so the places of a batch end before those of
 * the next begin.
 * @param batch as `batchToken` made it
 * @param position of the fact among those that were sent under the token
 * @returns null for facts that come from no journal
 */
export function placeInJournal(batch: string, position: number): FactPlace | null {
  const [, journal, segment, from, alone = 0] = token.exec(batch) ?? [];
  if (journal === undefined) return null;
  return { journal, place: Number(segment) * segmentPlaces + Number(from) + Number(alone) + position };
}
