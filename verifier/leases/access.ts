import { timingSafeEqual } from 'node:crypto';
import { fromHex } from '../../protocol/bytes.js';
import { TouchstoneError } from '../../protocol/error.js';
import { bearerToken, hashOfToken } from '../access/token.js';
import type { Lease } from './lease.js';
import type { Leasing } from './leasing.js';

/** Who may see which lease: the marketplace that made it, and its witness. */
export class LeaseAccess {
  readonly #parts: Pick<Leasing, 'keys' | 'leases'>;

  constructor(parts: Pick<Leasing, 'keys' | 'leases'>) {
    this.#parts = parts;
  }

  /** For its marketplace. @throws TouchstoneError `access.denied`, `lease.unknown` */
  async ownLease(authorization: string | undefined, id: string): Promise<Lease> {
    const { keys, leases } = this.#parts;
    return leases.getOf(await keys.marketplaceOf(authorization), id);
  }

  /** For its witness: a token opens its own lease, and says nothing of others. @throws TouchstoneError `access.denied` */
  async witnessedLease(authorization: string | undefined, id: string): Promise<Lease> {
    const token = bearerToken(authorization, 'wt');
    if (token === null) throw new TouchstoneError('access.denied');
    const lease = await this.#parts.leases.get(id).catch((error: unknown) => {
      const unknown = error instanceof TouchstoneError && error.code === 'lease.unknown';
      throw unknown ? new TouchstoneError('access.denied') : error;
    });
    if (!timingSafeEqual(fromHex(lease.witnessTokenHash), fromHex(hashOfToken(token))))
      throw new TouchstoneError('access.denied');
    return lease;
  }

  /** For both. @throws TouchstoneError `access.denied`, `lease.unknown` */
  readableLease(authorization: string | undefined, id: string): Promise<Lease> {
    const witness = bearerToken(authorization, 'wt') !== null;
    return witness ? this.witnessedLease(authorization, id) : this.ownLease(authorization, id);
  }
}
