import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { TouchstoneError } from '../../protocol/error.js';
import type { ChangeLog, Entry, Page, PageFilter } from './change-log.js';
import { type Cursor, furthest, readCursor, within, writeCursor } from './cursor.js';

/** Time between two looks for something new, while somebody listens. */
const lookEveryMs = 500;
/** The same while the record is away. */
const lookWhenAwayMs = 5_000;
/** Latest pages that are kept for those who are a little behind. */
const keptPages = 64;

export interface FeedOptions {
  readonly log: Pick<ChangeLog, 'ends' | 'page'>;
  readonly logger: Pick<Logger, 'warn'>;
}

/** What a follower is given: what there is after its last, or nothing but how far it has come. */
export interface FollowedPage {
  readonly entries: readonly Entry[];
  /** Of who has taken all of it. */
  readonly cursor: string;
}

/**
 * The changes from any place on, then as they come. One look at the record serves all who listen; who is behind reads it by
 * itself, up to where the others are, and goes on with them. Who is slow holds up nobody: a page waits until it is asked for.
 */
export class Feed {
  readonly #options: FeedOptions;
  readonly #closing = new AbortController();
  /** One for each who follows. */
  readonly #followers = new Set<AbortController>();
  readonly #news = new EventEmitter().setMaxListeners(0);
  /** By the cursor that a page begins at. */
  #kept = new Map<string, Page>();
  #end: Cursor = new Map();
  #looking: Promise<void> | null = null;
  #reading: Promise<void> | null = null;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /**
   * Follows the changes until `signal` or the end of the feed. A page without entries says that there was nothing for this
   * filter up to its cursor; the first comes at once, so that a follower knows its place before anything has happened.
   *
   * @param after a cursor as text
   * @throws TouchstoneError `feed.cursor-invalid`; `service.storage-unavailable` where the record is away at the begin
   */
  async *follow(
    after: string | 'now' | 'beginning',
    filter: PageFilter,
    signal: AbortSignal,
  ): AsyncGenerator<FollowedPage, void, undefined> {
    const asked: Cursor = after === 'now' || after === 'beginning' ? new Map() : readCursor(after);
    const follower = new AbortController();
    const stop = follower.signal;
    const end = () => follower.abort();
    signal.addEventListener('abort', end);
    this.#followers.add(follower);
    if (signal.aborted || this.#closing.signal.aborted) end();
    try {
      await this.#lookAgain().catch((cause: unknown) => {
        throw new TouchstoneError(
          'service.storage-unavailable',
          'The record cannot be read now.',
          {},
          { cause },
        );
      });
      let cursor = after === 'now' ? this.#end : within(asked, this.#end);
      yield { entries: [], cursor: writeCursor(cursor) };
      while (!stop.aborted) {
        const page = await this.#next(cursor, filter, stop);
        if (page === null) continue;
        cursor = page.after;
        yield { entries: matching(page.entries, filter), cursor: writeCursor(cursor) };
      }
    } finally {
      signal.removeEventListener('abort', end);
      this.#followers.delete(follower);
    }
  }

  /** Ends all that follow. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const follower of this.#followers) follower.abort();
    await this.#looking;
  }

  /** What comes after a cursor; null where it has to wait, and something may have come meanwhile. */
  async #next(cursor: Cursor, filter: PageFilter, stop: AbortSignal): Promise<Page | null> {
    const kept = this.#kept.get(writeCursor(cursor));
    if (kept !== undefined) return kept;
    if (writeCursor(cursor) === writeCursor(this.#end)) {
      // It throws where the follower went.
      await once(this.#news, 'page', { signal: stop }).catch(() => {});
      return null;
    }
    try {
      return await this.#options.log.page(cursor, this.#end, filter);
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'a follower of the feed waits for the record');
      await sleep(lookWhenAwayMs, undefined, { signal: stop }).catch(() => {});
      return null;
    }
  }

  /** So that `#end` is as far as the record is, now and from now on while anybody follows. */
  async #lookAgain(): Promise<void> {
    if (this.#looking === null) {
      // Nobody listened for a while: what came meanwhile is history.
      this.#kept = new Map();
      this.#end = furthest(this.#end, await this.#options.log.ends());
      this.#looking ??= this.#look().finally(() => {
        this.#looking = null;
      });
    } else {
      await this.#readNew();
    }
  }

  async #look(): Promise<void> {
    let pause = lookEveryMs;
    while (this.#followers.size > 0 && !this.#closing.signal.aborted) {
      await sleep(pause, undefined, { signal: this.#closing.signal }).catch(() => {});
      try {
        await this.#readNew();
        pause = lookEveryMs;
      } catch (error) {
        if (pause === lookEveryMs) this.#options.logger.warn({ err: error }, 'the feed waits for the record');
        pause = lookWhenAwayMs;
      }
    }
  }

  #readNew(): Promise<void> {
    this.#reading ??= this.#readAllNew().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #readAllNew(): Promise<void> {
    const upTo = furthest(this.#end, await this.#options.log.ends());
    while (writeCursor(this.#end) !== writeCursor(upTo)) {
      const page = await this.#options.log.page(this.#end, upTo, everything);
      this.#kept.set(writeCursor(this.#end), page);
      for (const oldest of this.#kept.keys()) {
        if (this.#kept.size <= keptPages) break;
        this.#kept.delete(oldest);
      }
      this.#end = page.after;
      this.#news.emit('page');
    }
  }
}

const everything: PageFilter = { kinds: [], devices: [] };

const matching = (entries: readonly Entry[], { kinds, devices }: PageFilter): readonly Entry[] =>
  entries.filter(
    ({ fact }) =>
      (kinds.length === 0 || kinds.includes(fact.kind)) &&
      (devices.length === 0 || devices.includes(fact.device)),
  );
