import type { ClickHouseClient } from '@clickhouse/client';
import { TouchstoneError } from '../../protocol/error.js';
import type { FactPlace } from '../../scoring/facts/batch.js';
import { type ChangeFact, isChange } from '../../scoring/queries/change-rows.js';
import {
  type ChangePointer,
  changeEnds,
  changePointers,
  changesAt,
  type PlacedChange,
} from '../../scoring/queries/changes.js';
import { type Cursor, furthest, writeCursor } from './cursor.js';

/** A change, and the cursor of who has taken it and all before it. */
export interface Entry {
  readonly fact: ChangeFact;
  readonly cursor: string;
}

export interface Page {
  readonly entries: readonly Entry[];
  /** After it, also where it had nothing to show. */
  readonly after: Cursor;
}

/** Empty lists mean all. */
export interface PageFilter {
  readonly kinds: readonly string[];
  readonly devices: readonly string[];
}

/** Changes of one page. Their ids travel in the address of a query. */
const pageSize = 200;

/** The journal of what happened before there was a feed (migration 0007). */
const before = 'before';

/** The changes in the record. Each stands once, in the order of its journal; journals are merged by time. */
export class ChangeLog {
  readonly #clickhouse: ClickHouseClient;

  constructor(clickhouse: ClickHouseClient) {
    this.#clickhouse = clickhouse;
  }

  /** How far the record is now: nothing will ever come before this. */
  ends(): Promise<Cursor> {
    return changeEnds(this.#clickhouse);
  }

  /**
   * The next changes after a cursor. A fact that came by two journals is shown by the first that is read: from the other it
   * is left out, because its place in the first is before the cursor then.
   *
   * @param upTo as `ends` gave it, now or earlier
   * @throws TouchstoneError `storage.row-unexpected`, the client's errors
   */
  async page(from: Cursor, upTo: Cursor, filter: PageFilter): Promise<Page> {
    const ahead = await Promise.all(
      [...upTo].map(([journal, end]) => this.#pointers(journal, from.get(journal) ?? 0, end, filter)),
    );
    const merged = mergeByTime(ahead, pageSize);
    const changes = await changesAt(this.#clickhouse, merged);
    const cursor = new Map(from);
    const entries: Entry[] = [];
    for (const pointer of merged) {
      const change = changes.get(pointer.id);
      // Its event was stored before it: a record in which it is missing was tampered with, or is read from a replica behind.
      if (change === undefined) throw missing(pointer);
      const shown = isShown(pointer, change, cursor);
      cursor.set(pointer.journal, pointer.place);
      if (!shown && isChange(change.fact)) entries.push({ fact: change.fact, cursor: writeCursor(cursor) });
    }
    return { entries, after: merged.length < pageSize ? furthest(cursor, upTo) : cursor };
  }

  async #pointers(
    journal: string,
    after: number,
    upTo: number,
    { kinds, devices }: PageFilter,
  ): Promise<ChangePointer[]> {
    if (after >= upTo) return [];
    return changePointers(this.#clickhouse, {
      journal,
      after,
      upTo,
      kinds: [...kinds],
      devices: [...devices],
      limit: pageSize,
    });
  }
}

/** The first so many of all, each list in its own order. No list was cut before it could run out here. */
function mergeByTime(lists: readonly (readonly ChangePointer[])[], count: number): ChangePointer[] {
  const next = lists.map(() => 0);
  const merged: ChangePointer[] = [];
  while (merged.length < count) {
    let earliest = -1;
    for (const [i, list] of lists.entries()) {
      const head = list[next[i] ?? 0];
      if (head === undefined) continue;
      const best = lists[earliest]?.[next[earliest] ?? 0];
      if (best === undefined || head.at < best.at) earliest = i;
    }
    const taken = lists[earliest]?.[next[earliest] ?? 0];
    if (taken === undefined) break;
    merged.push(taken);
    next[earliest] = (next[earliest] ?? 0) + 1;
  }
  return merged;
}

/** Whether a fact stands at another place too that is before the cursor. */
function isShown(pointer: ChangePointer, { places }: PlacedChange, cursor: Cursor): boolean {
  const others = places.filter(
    ({ journal, place }) => journal !== pointer.journal || place !== pointer.place,
  );
  return others.some((other) => isBefore(other, pointer, cursor));
}

function isBefore({ journal, place }: FactPlace, pointer: ChangePointer, cursor: Cursor): boolean {
  // Stored before places were kept, and sent again afterwards: it stands in the journal of before.
  if (journal === '') return pointer.journal !== before;
  return place <= (cursor.get(journal) ?? 0);
}

const missing = ({ journal, place, id }: ChangePointer) =>
  new TouchstoneError('storage.row-unexpected', `${id} stands at ${journal} ${place} and has no event.`);
