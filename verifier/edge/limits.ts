import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '../../protocol/clock.js';
import { TouchstoneError } from '../../protocol/error.js';
import type { VerifierOptions } from '../options.js';
import type { HotState, RateLimit } from '../state/state.js';
import { addressGroup, addressNetwork } from './address.js';
import { KeptLimits } from './kept-limits.js';
import type { Caller } from './route-config.js';
import { watchedPaths } from './watched.js';

/** Whose limit was spent. */
export type LimitName = 'address' | 'route' | 'caller';

export interface LimitsParts {
  readonly options: Pick<VerifierOptions, 'requestsPerMinute'>;
  readonly state: Pick<HotState, 'spend'>;
  readonly clock: Clock;
  /** Told of each refusal. */
  readonly refused?: (limit: LimitName) => void;
}

/** So many at once, and as many again in each minute. */
export const perMinute = (count: number): RateLimit => ({ burst: count, everyMs: 60_000 / count });
/** So many at once, and as many again in each hour. */
export const perHour = (count: number): RateLimit => ({ burst: count, everyMs: 3600_000 / count });

/** What a whole network of 65,536 lines may do, as so many of them: whoever has one has all of their addresses. */
const linesOfNetwork = 16;
const widened = ({ burst, everyMs }: RateLimit): RateLimit => ({
  burst: burst * linesOfNetwork,
  everyMs: everyMs / linesOfNetwork,
});

/** Who asks for himself, and not for many others as a marketplace does: he has the limit of an address wherever he asks from. */
const ownAffairs: ReadonlySet<Caller['role']> = new Set(['device', 'wallet']);

/**
 * Rate limits of all routes: one that each address has, and what a route says in `config.limits`. After the WebSocket plugin (an
 * upgrade that an earlier hook refuses keeps its socket for ever), before whatever costs something.
 */
export function installLimits(app: FastifyInstance, { options, state, clock, refused }: LimitsParts): void {
  const limits = new KeptLimits(state, clock);
  const usual = perMinute(options.requestsPerMinute);

  const spend = async (name: LimitName, key: string, limit: RateLimit): Promise<void> => {
    const { allowed, retryMs } = await limits.spend(`${name}/${key}`, limit);
    if (allowed) return;
    refused?.(name);
    const seconds = Math.ceil(retryMs / 1000);
    throw new TouchstoneError('request.too-many', `${spentBy[name]} Try again in ${seconds} s.`, { retryMs });
  };

  const spendFrom = async (name: LimitName, prefix: string, ip: string, limit: RateLimit): Promise<void> => {
    await spend(name, prefix + addressGroup(ip), limit);
    const network = addressNetwork(ip);
    if (network !== null) await spend(name, prefix + network, widened(limit));
  };

  app.addHook('onRequest', async (request) => {
    // Another verifier passed it on, where the limits were held against the client's address.
    if ((request.hop ?? null) !== null) return;
    // Whoever watches over the service asks often and from one address, and takes nothing from others there.
    const watches = watchedPaths.has(request.routeOptions.url ?? '');
    await spendFrom('address', watches ? 'watch/' : '', request.ip, usual);
    const own = request.routeOptions.config.limits?.address;
    if (own !== undefined) await spendFrom('route', `${routeOf(request)}/`, request.ip, own);
  });
  // Callers are known after all `onRequest` hooks, and a body is read only then.
  app.addHook('preParsing', async (request) => {
    const { caller } = request;
    if (caller === undefined || caller.id === '') return;
    const who = `${caller.role}/${caller.id}`;
    if (ownAffairs.has(caller.role)) await spend('caller', who, usual);
    const own = request.routeOptions.config.limits?.caller;
    if (own !== undefined) await spend('caller', `${who}/${routeOf(request)}`, own);
  });
}

const spentBy: { readonly [name in LimitName]: string } = {
  address: 'More requests came from this address than one supplier needs.',
  route: 'More requests of this kind came from this address than one supplier needs.',
  caller: 'More requests came from this caller than it needs.',
};

const routeOf = ({ method, routeOptions }: FastifyRequest): string => `${method} ${routeOptions.url}`;
