import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import type { ApiKeys } from '../access/api-keys.js';
import { callerOf } from '../access/guard.js';
import { addressGroup } from '../edge/address.js';
import { changeOf, mayRead, type Reader } from '../feeds/change.js';
import { cursorLength, readCursor } from '../feeds/cursor.js';
import { EventStream } from '../feeds/event-stream.js';
import type { Feeds } from '../feeds/feeds.js';
import { isWanted, pageFilter, readFilter } from '../feeds/filter.js';
import { problems } from './problems.js';

const list = (description: string) =>
  Type.Optional(Type.String({ maxLength: 4096, description: `${description}; several with commas` }));

const Query = Type.Object({
  kinds: list('Types of changes'),
  devices: list('Device ids'),
  class: list('Only of devices that claim a card of this class'),
  status: list('Only transitions into this status'),
  from: Type.Optional(
    Type.Union([Type.Literal('now'), Type.Literal('beginning')], { description: 'Where no id was sent' }),
  ),
  after: Type.Optional(
    Type.String({ maxLength: 4096, description: 'As Last-Event-ID, for who cannot send headers' }),
  ),
});
type Query = Static<typeof Query>;

const Headers = Type.Object({
  'last-event-id': Type.Optional(Type.String({ maxLength: cursorLength })),
});
type Headers = Static<typeof Headers>;

export interface ChangeRoutesParts
  extends Pick<Feeds, 'feed' | 'seats' | 'classesOf' | 'classNamesOf' | 'cut'> {
  readonly keys: Pick<ApiKeys, 'holderOf'>;
}

/** `GET /v1/changes`: what happens, as server-sent events. */
export function changeRoutes(
  app: FastifyInstance,
  { feed, seats, classesOf, classNamesOf, cut, keys }: ChangeRoutesParts,
): void {
  /** A stream lasts for days, and a key may be taken away in between. */
  const isStill = async ({ role, id }: Reader, authorization: string | undefined): Promise<boolean> => {
    if (id === '') return true;
    const holder = await keys.holderOf(authorization).catch(() => null);
    return holder?.role === role && holder.name === id;
  };
  // A stream has no end of its own, and closing waits for all answers to end.
  app.addHook('preClose', () => feed.close());
  app.get<{ Querystring: Query; Headers: Headers }>(
    '/v1/changes',
    {
      config: {
        access: ['public', 'marketplace', 'investigator', 'operator'],
        // Who begins far back reads much of the record.
        limits: { address: { burst: 30, everyMs: 2_000 } },
      },
      schema: {
        operationId: 'followChanges',
        summary: 'Changes as server-sent events, from any place on; a key sees what is its own beside',
        querystring: Query,
        headers: Headers,
        response: {
          200: {
            description: 'Each event has the type of its change, or is `place`: how far you are',
            content: { 'text/event-stream': { schema: Type.String() } },
          },
          ...problems,
        },
      },
    },
    async (request, reply) => {
      const { query, headers, ip } = request;
      const reader = callerOf(request);
      const filter = readFilter({
        kinds: query.kinds,
        devices: query.devices,
        classes: query.class,
        statuses: query.status,
      });
      // An empty id is none: so it is for browsers too.
      const after = headers['last-event-id'] || query.after || null;
      if (after !== null) readCursor(after);
      const stranger = reader.id === '';
      const whose = stranger ? `address/${addressGroup(ip)}` : `${reader.role}/${reader.id}`;
      const giveBack = seats.take(whose, stranger);
      const leaving = new AbortController();
      const pages = feed.follow(after ?? query.from ?? 'now', pageFilter(filter), leaving.signal);
      let stream: EventStream | undefined;
      try {
        // What refuses does so before the stream begins.
        const first = await pages.next();
        reply.hijack();
        stream = new EventStream(reply.raw, reply.getHeaders() as Record<string, string>, cut);
        stream.gone.addEventListener('abort', () => leaving.abort());
        if (stream.gone.aborted) leaving.abort();
        if (!first.done) await stream.begin(first.value.cursor);
        for await (const { entries, cursor } of pages) {
          if (!(await isStill(reader, request.headers.authorization))) break;
          for (const entry of entries) {
            const names = classNamesOf(entry.fact.device);
            if (!mayRead(entry.fact, reader) || !isWanted(entry.fact, names, filter)) continue;
            await stream.change(changeOf(entry.fact, classesOf(entry.fact.device)), entry.cursor);
          }
          stream.passed(cursor);
        }
      } finally {
        leaving.abort();
        await pages.return();
        stream?.close();
        giveBack();
      }
    },
  );
}
