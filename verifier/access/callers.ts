import { TouchstoneError } from '../../protocol/error.js';
import type { Caller, Role } from '../edge/route-config.js';
import type { Sessions } from '../identity/sessions.js';
import type { ApiKeys } from './api-keys.js';
import { readBearer, type TokenKind } from './token.js';
import type { WalletSessions } from './wallet-sessions.js';

export interface CallersParts {
  readonly sessions: Pick<Sessions, 'deviceOf'>;
  readonly wallets: Pick<WalletSessions, 'walletOf'>;
  readonly keys: Pick<ApiKeys, 'holderOf'>;
  /** Whether a witness's token is the one of this lease. */
  readonly isWitness: (lease: string, token: string) => Promise<boolean>;
}

/** What a request says of who sent it. */
export interface Asking {
  readonly authorization: string | undefined;
  /** The lease that it is about, for a witness; absent where it is about none. */
  readonly lease?: string | undefined;
  /** Whether it comes from this very machine and through no proxy. */
  readonly local: boolean;
}

const nobody: Caller = { role: 'public', id: '' };

/** Finds out who calls, and whether they may. */
export class Callers {
  readonly #parts: CallersParts;

  constructor(parts: CallersParts) {
    this.#parts = parts;
  }

  /**
   * The caller in one of the roles that a route lets in.
   *
   * A route that lets everybody in takes no notice of tokens, unless it shows more to some: then a token that is none is
   * refused instead of showing less without a word, and one of another role sees what everybody sees.
   *
   * @throws TouchstoneError `access.denied` and `session.invalid` for who is not known, `access.role` for who is and may not,
   * `keys.unreadable`, `service.busy`
   */
  async admit(access: readonly Role[], asking: Asking): Promise<Caller> {
    const open = access.includes('public');
    if (open && access.length === 1) return nobody;
    if (asking.authorization === undefined) {
      if (open) return nobody;
      if (asking.local && access.includes('local')) return { role: 'local', id: '' };
    }
    const caller = await this.identify(asking);
    if (access.includes(caller.role)) return caller;
    if (open) return nobody;
    throw new TouchstoneError('access.role');
  }

  /** Whose the token is. @throws TouchstoneError `access.denied`, `session.invalid`, `keys.unreadable`, `service.busy` */
  async identify({ authorization, lease }: Asking): Promise<Caller> {
    const { sessions, wallets, keys, isWitness } = this.#parts;
    const bearer = readBearer(authorization);
    if (bearer === null) throw new TouchstoneError('access.denied');
    const by: Record<TokenKind, () => Promise<Caller>> = {
      se: async () => ({ role: 'device', id: await sessions.deviceOf(authorization) }),
      ws: async () => ({ role: 'wallet', id: await wallets.walletOf(authorization) }),
      ak: async () => {
        const { role, name } = await keys.holderOf(authorization);
        return { role, id: name };
      },
      wt: async () => {
        // It opens its own lease, and says nothing of others.
        if (lease === undefined || !(await isWitness(lease, bearer.token)))
          throw new TouchstoneError('access.denied');
        return { role: 'witness', id: lease };
      },
    };
    return by[bearer.kind]();
  }
}
