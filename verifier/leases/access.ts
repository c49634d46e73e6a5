import { timingSafeEqual } from 'node:crypto';
import { Compile } from 'typebox/compile';
import { fromHex } from '../../protocol/bytes.js';
import { TouchstoneError } from '../../protocol/error.js';
import { LeaseId } from '../../protocol/ids.js';
import { hashOfToken } from '../access/token.js';
import type { Caller } from '../edge/route-config.js';
import type { Lease } from './lease.js';
import type { Leases } from './leases.js';

const leaseId = Compile(LeaseId);

/**
 * Whether a token is the one of a lease's witness. Of a lease that is none it says no, as of a wrong token: it tells nobody which
 * leases there are.
 */
export async function isWitness(leases: Pick<Leases, 'get'>, id: string, token: string): Promise<boolean> {
  const lease = leaseId.Check(id) ? await leaseOrNull(leases, id) : null;
  return lease !== null && timingSafeEqual(fromHex(lease.witnessTokenHash), fromHex(hashOfToken(token)));
}

/** A lease for its marketplace, or for its witness. @throws TouchstoneError `lease.unknown` where it is not the caller's */
export function leaseFor(
  leases: Pick<Leases, 'get' | 'getOf'>,
  { role, id }: Caller,
  lease: string,
): Promise<Lease> {
  return role === 'witness' && id === lease ? leases.get(lease) : leases.getOf(id, lease);
}

/** The device of a lease; null where there is none such. */
export async function deviceOfLease(leases: Pick<Leases, 'get'>, id: string): Promise<string | null> {
  return (await leaseOrNull(leases, id))?.device ?? null;
}

async function leaseOrNull(leases: Pick<Leases, 'get'>, id: string): Promise<Lease | null> {
  try {
    return await leases.get(id);
  } catch (error) {
    if (error instanceof TouchstoneError && error.code === 'lease.unknown') return null;
    throw error;
  }
}
