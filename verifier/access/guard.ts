import type { FastifyInstance, FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import { TouchstoneError } from '../../protocol/error.js';
import type { Caller, Role } from '../edge/route-config.js';
import type { Asking, Callers } from './callers.js';

/**
 * The one door of all routes that are registered after it: each says in `config.access` who may call it, and nobody else gets
 * as far as its body. What doesn't say it can't be registered.
 */
export function installAccess(app: FastifyInstance, callers: Pick<Callers, 'admit'>): void {
  app.decorateRequest('caller');
  app.addHook('onRoute', (route) => {
    const access = route.config?.access;
    if (!access?.length)
      throw new Error(`${route.method} ${route.url} does not say in config.access who may call it`);
    route.schema = { ...route.schema, security: securityOf(access) };
  });
  app.addHook('onRequest', async (request) => {
    if (request.is404) return;
    const { access } = request.routeOptions.config;
    // A route from before this hook. It is closed until it says for whom it is open.
    if (access === undefined) throw new TouchstoneError('access.role');
    request.caller = await callers.admit(access, askingOf(request));
  });
}

/** For the OpenAPI document: how all who are not the public show who they are. */
export const securitySchemes = {
  token: {
    type: 'http',
    scheme: 'bearer',
    description:
      'An API key (`ak_…`), the session of a device (`se_…`) or wallet (`ws_…`), or the token of a witness (`wt_…`); the roles of which one is needed stand beside each route',
  },
} as const;

/** One of the roles is needed, and nothing at all where one of them is everybody. */
function securityOf(access: readonly Role[]): { token?: string[] }[] {
  const open = access.includes('public') ? [{}] : [];
  const known = access.filter((role) => role !== 'public' && role !== 'local');
  return [...open, ...known.map((role) => ({ token: [role] }))];
}

/** Who called. @throws Error in a route that the door doesn't guard */
export function callerOf(request: FastifyRequest): Caller {
  if (request.caller === undefined) throw new Error(`${request.url} has no caller`);
  return request.caller;
}

/** What a request says of who sent it. */
export function askingOf(request: FastifyRequest): Asking {
  const { id } = (request.params ?? {}) as { readonly id?: string };
  const { authorization } = request.headers;
  return { authorization, lease: id, local: isLocal(request) };
}

/**
 * Whether a request comes from this machine itself, and means it. A proxy on this machine passes on what comes from elsewhere:
 * whatever says that it was passed on is not local, whoever is believed about the rest. And a browser on this machine asks for any
 * page by a name of its own that was made to lead here.
 */
function isLocal({ headers, socket, ip, hostname }: FastifyRequest): boolean {
  const passedOn = [
    'forwarded',
    'via',
    'x-forwarded-for',
    'x-forwarded-host',
    'x-forwarded-proto',
    'x-real-ip',
  ];
  if (passedOn.some((name) => name in headers) || !localNames.has(hostname)) return false;
  return [socket.remoteAddress, ip].every(isLoopback);
}

const localNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

const isLoopback = (address: string | undefined): boolean =>
  address !== undefined && ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
