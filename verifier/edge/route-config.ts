import 'fastify';
import type { RateLimit } from '../state/state.js';

/**
 * Who may call a route. Each says it in its `config`; a test fails for one that does not. `local` is somebody on this very machine
 * who has no key.
 */
export type Role =
  | 'public'
  | 'local'
  | 'device'
  | 'wallet'
  | 'marketplace'
  | 'investigator'
  | 'operator'
  | 'witness';

/** Who called, as far as the route asked. */
export interface Caller {
  readonly role: Role;
  /** Device id, wallet address, name of the API key, the lease of a witness; empty for the public. */
  readonly id: string;
}

export interface Limits {
  /** Beside the limit that every address has: for this route, of one address. */
  readonly address?: RateLimit;
  /** Of one caller: device, wallet or key. */
  readonly caller?: RateLimit;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The roles of which the caller needs one. */
    access?: readonly Role[];
    limits?: Limits;
    /** The device that the request acts on: it is answered by the verifier that is its home. Null where it acts on none. */
    home?: (request: FastifyRequest) => Promise<string | null> | string | null;
  }
  interface FastifyRequest {
    /** Set before the handler of a route whose `access` is not only `public`. */
    caller?: Caller;
  }
}
