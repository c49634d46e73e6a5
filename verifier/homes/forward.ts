import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Clock } from '../../protocol/clock.js';
import { TouchstoneError } from '../../protocol/error.js';
import type { Secrets } from '../secrets/secrets.js';
import type { Homes } from './homes-service.js';
import { type Hop, HopSeal, hopHeader } from './hop.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set where another verifier passed the request on: limits were held against it there, by the client's address. */
    hop: Hop | null;
    /** Set where we passed it on: it is answered elsewhere. */
    passedOn: boolean;
  }
}

/** The home has so long to answer; less than the client's patience. */
const answerMs = 12_000;
const passedOn = ['accept', 'authorization', 'content-type', 'user-agent'] as const;
const passedBack = ['content-type', 'location', 'retry-after', 'www-authenticate'] as const;

export interface ForwardParts {
  readonly homes: Homes;
  readonly secrets: Pick<Secrets, 'derive'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Pick<Logger, 'warn'>;
}

/**
 * Has each request that acts on a device (`config.home` of its route) answered by the device's home: passes it on where that is
 * another verifier, and makes this the home where there is none. Such a request is never passed on twice.
 */
export function answerAtHome(app: FastifyInstance, { homes, secrets, clock, log }: ForwardParts): void {
  const seal = new HopSeal(secrets, clock);
  app.decorateRequest('hop', null);
  app.decorateRequest('passedOn', false);
  app.addHook('onRequest', async (request) => {
    const header = request.headers[hopHeader];
    if (typeof header !== 'string') return;
    request.hop = seal.open(header, { method: request.method, path: request.url, to: homes.self });
  });
  app.addHook('preHandler', async (request, reply) => {
    const device = (await request.routeOptions.config.home?.(request)) ?? null;
    if (device === null || homes.admits(device)) return;
    const home = await homes.homeOf(device);
    if (home === 'nowhere' && (await homes.takeIfFree(device))) return;
    // On its way from here to another, taken at this moment, or passed on to us by one that knew no better.
    if (typeof home === 'string' || request.hop !== null) throw new TouchstoneError('session.moving');
    const path = request.url;
    request.passedOn = true;
    const hop = seal.seal(
      { from: homes.self, address: request.ip },
      { method: request.method, path, to: home.verifier },
    );
    const answer = await passOn(request, addressOf(home.url, path), hop).catch((error) => {
      log.warn({ err: error, home: home.verifier }, 'a request could not be passed on');
      throw new TouchstoneError('session.moving');
    });
    return giveBack(answer, reply);
  });
}

/** A path such as `//elsewhere` must not become another host. */
function addressOf(home: string, path: string): URL {
  const url = new URL(home);
  const [pathname, search] = path.split(/\?(.*)/s);
  url.pathname = pathname ?? '/';
  url.search = search ?? '';
  return url;
}

function passOn(request: FastifyRequest, url: URL, hop: string): Promise<Response> {
  const headers = new Headers({ [hopHeader]: hop });
  for (const name of passedOn) {
    const value = request.headers[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  const body = request.body === undefined || request.body === null ? null : JSON.stringify(request.body);
  const signal = AbortSignal.timeout(answerMs);
  return fetch(url, { method: request.method, headers, body, redirect: 'error', signal });
}

async function giveBack(answer: Response, reply: FastifyReply): Promise<FastifyReply> {
  for (const name of passedBack) {
    const value = answer.headers.get(name);
    if (value !== null) reply.header(name, value);
  }
  const body = Buffer.from(await answer.arrayBuffer());
  // As it is: it was made by the same schema.
  return reply.code(answer.status).serializer(asItIs).send(body);
}

const asItIs = (body: unknown): string => body as string;
