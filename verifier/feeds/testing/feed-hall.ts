import { type EventSourceMessage, EventSourceParserStream } from 'eventsource-parser/stream';
import Fastify from 'fastify';
import { TouchstoneError } from '../../../protocol/error.js';
import { migrate } from '../../../scoring/storage/migrate.js';
import { openTestRecord } from '../../../scoring/testing/record.js';
import type { KeyHolder } from '../../access/api-keys.js';
import { installAccess } from '../../access/guard.js';
import { installProblems } from '../../edge/problem.js';
import type { Caller } from '../../edge/route-config.js';
import { changeRoutes } from '../../routes/changes.js';
import { ChangeLog } from '../change-log.js';
import { Feed } from '../feed.js';
import { Seats } from '../seats.js';

/** A key of the hall is its holder's role and name: `Bearer marketplace/example`. */
const admit = async (_access: unknown, { authorization }: { authorization: string | undefined }) => {
  const [role = 'public', id = ''] = authorization?.replace('Bearer ', '').split('/') ?? [];
  return { role, id } as Caller;
};

/** The feed over a real record, served as the verifier serves it. */
export async function openFeedHall() {
  const record = await openTestRecord();
  await migrate(record.client);
  const log = new ChangeLog(record.client);
  const feed = new Feed({ log, logger: { warn: () => {} } });
  const seats = new Seats({ all: 4, strangers: 3, each: 3 });
  /** `Authorization` headers of keys that were taken away. */
  const removed = new Set<string | undefined>();
  const keys = {
    holderOf: async (authorization: string | undefined) => {
      if (removed.has(authorization)) throw new TouchstoneError('access.denied');
      const { role, id: name } = await admit([], { authorization });
      return { role, name } as KeyHolder;
    },
  };
  // A client that went may have connected anew, and says nothing.
  const app = Fastify({ forceCloseConnections: true });
  installProblems(app);
  installAccess(app, { admit });
  const classesOf = (device: string) => [device.slice(0, 1)];
  // Each class had another id before.
  const classNamesOf = (device: string) => classesOf(device).flatMap((one) => [one, `was-${one}`]);
  changeRoutes(app, { feed, seats, keys, classesOf, classNamesOf, cut: () => {} });
  const url = await app.listen({ port: 0 });
  return {
    client: record.client,
    log,
    feed,
    seats,
    removed,
    app,
    url,
    /** Follows the feed as a client does. */
    async follow(query = '', headers: Record<string, string> = {}) {
      const leaving = new AbortController();
      const response = await fetch(`${url}/v1/changes${query}`, { headers, signal: leaving.signal });
      return new Follower(response, () => leaving.abort());
    },
    async close() {
      await app.close();
      await feed.close();
      await record.close();
    },
  };
}

export type FeedHall = Awaited<ReturnType<typeof openFeedHall>>;

/** One client of the feed. */
class Follower {
  readonly response: Response;
  readonly leave: () => void;
  readonly #events: AsyncIterator<EventSourceMessage> | null;
  lastId = '';

  constructor(response: Response, leave: () => void) {
    this.response = response;
    this.leave = leave;
    const texts = response.ok ? response.body?.pipeThrough(new TextDecoderStream()) : undefined;
    this.#events = texts?.pipeThrough(new EventSourceParserStream())[Symbol.asyncIterator]() ?? null;
  }

  /** The next event of any type; null at the end of the stream. */
  async next(): Promise<{ type: string; id: string; data: Record<string, unknown> } | null> {
    const event = await this.#events?.next();
    if (event === undefined || event.done) return null;
    this.lastId = event.value.id ?? '';
    return { type: event.value.event ?? '', id: this.lastId, data: JSON.parse(event.value.data) };
  }

  /** The ids of the next changes. */
  async changes(count: number): Promise<unknown[]> {
    const ids: unknown[] = [];
    while (ids.length < count) {
      const event = await this.next();
      if (event === null) break;
      if (event.type !== 'place') ids.push(event.data.id);
    }
    return ids;
  }
}
