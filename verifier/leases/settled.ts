import type { Position } from '../journal/cursor.js';

/** How long a receipt waits for the record, and how often it looks, milliseconds. */
const withinMs = 5_000;
const everyMs = 50;

export interface Shipping {
  /** Where the next fact will be written down. */
  readonly end: () => Position;
  /** Whether the record has all that was written before. */
  readonly has: (place: Position) => boolean;
}

/** Waits until the record has all that is on disk now. @returns false where it has not after five seconds */
export async function settled({ end, has }: Shipping): Promise<boolean> {
  const place = end();
  for (let waitedMs = 0; !has(place); waitedMs += everyMs) {
    if (waitedMs >= withinMs) return false;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  return true;
}
