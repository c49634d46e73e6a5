import { createHmac } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Compile } from 'typebox/compile';
import { DeviceId } from '../../protocol/ids.js';
import { addressGroup } from '../edge/address.js';
import type { Callers } from './callers.js';
import { askingOf } from './guard.js';
import type { WriteAlarm, WriteOutcome } from './write-alarm.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** What a route that writes about a device has written; absent where it has not come so far. */
    wrote?: Exclude<WriteOutcome, 'refused'>;
  }
}

const reads: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const aboutDevices = /^\/v1\/devices(?:\/([^/?]*))?(?:[/?]|$)/;
const deviceId = Compile(DeviceId);

/**
 * Tells the alarm of every request that would change something about a device, also of those that were refused, and of those to
 * paths and methods that are not served: who tries them has found a token and looks for a door.
 *
 * @param addressKey under which addresses are hashed: they are personal, and easily guessed from a plain hash
 */
export function watchWrites(
  app: FastifyInstance,
  alarm: Pick<WriteAlarm, 'count'>,
  callers: Pick<Callers, 'identify'>,
  addressKey: Uint8Array,
): void {
  app.addHook('onResponse', async (request, reply) => {
    // The verifier that answered it has counted it.
    if (request.passedOn) return;
    const path = aboutDevices.exec(pathOf(request));
    if (path === null || reads.has(request.method)) return;
    const outcome = reply.statusCode < 400 ? (request.wrote ?? 'steady') : 'refused';
    // For who restarts as ever it is not looked up who that is.
    const by = outcome === 'steady' ? null : await tokenHolder(callers, request);
    await alarm.count({
      outcome,
      device: deviceOf(path[1], request),
      by,
      address: hashed(request.hop?.address ?? request.ip, addressKey),
    });
  });
}

/** As the router reads it, which has decoded it before: `/v1/%64evices` is a way to the same door. */
const pathOf = ({ url }: FastifyRequest): string => decodeURIComponent(url.split('?')[0] ?? '');

/** Whose token was used: also where the route takes none, as that is how a leaked one shows. */
async function tokenHolder(
  callers: Pick<Callers, 'identify'>,
  request: FastifyRequest,
): Promise<string | null> {
  if (request.headers.authorization === undefined) return null;
  const caller = await callers.identify(askingOf(request)).catch(() => null);
  return caller === null ? null : `${caller.role}/${caller.id}`;
}

function deviceOf(inPath: string | undefined, { body }: FastifyRequest): string | null {
  const inBody = (body as { readonly device?: unknown } | null | undefined)?.device;
  const named = inPath === undefined || inPath === '' ? inBody : inPath;
  return deviceId.Check(named) ? named : null;
}

/** 16 hexadecimal digits. */
const hashed = (address: string, key: Uint8Array): string =>
  createHmac('sha256', key).update(addressGroup(address)).digest('hex').slice(0, 16);
