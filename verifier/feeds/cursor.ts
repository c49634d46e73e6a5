import { TouchstoneError } from '../../protocol/error.js';

/** How far somebody has read: the last place of each journal. A journal that is not named was not begun. */
export type Cursor = ReadonlyMap<string, number>;

/** Longest text of a cursor: some hundreds of journals. It comes back in a header. */
export const cursorLength = 8 * 1024;

const version = '1';
const entry = /^([0-9a-z]{1,16})\.([0-9a-z]{1,11})$/;

/** A cursor as text without white space; equal cursors have the same. */
export function writeCursor(cursor: Cursor): string {
  const entries = [...cursor].filter(([, place]) => place > 0).sort(([a], [b]) => (a < b ? -1 : 1));
  return [version, ...entries.map(([journal, place]) => `${journal}.${place.toString(36)}`)].join('~');
}

/** @throws TouchstoneError `feed.cursor-invalid` */
export function readCursor(text: string): Cursor {
  const [first, ...entries] = text.length > cursorLength ? [] : text.split('~');
  if (first !== version) throw new TouchstoneError('feed.cursor-invalid');
  const cursor = new Map<string, number>();
  for (const one of entries) {
    const [, journal, digits] = entry.exec(one) ?? [];
    const place = Number.parseInt(digits ?? '', 36);
    if (journal === undefined || !Number.isSafeInteger(place) || cursor.has(journal))
      throw new TouchstoneError('feed.cursor-invalid');
    cursor.set(journal, place);
  }
  return cursor;
}

/**
 * What of a cursor this record can mean: a record that was restored from a backup has not come as far, and a journal that it
 * has never seen says nothing.
 */
export function within(cursor: Cursor, ends: Cursor): Cursor {
  return new Map([...ends].map(([journal, end]) => [journal, Math.min(end, cursor.get(journal) ?? 0)]));
}

/** As far as either of them. */
export function furthest(a: Cursor, b: Cursor): Cursor {
  const both = new Map(a);
  for (const [journal, place] of b) both.set(journal, Math.max(place, both.get(journal) ?? 0));
  return both;
}
