import { timingSafeEqual } from 'node:crypto';

/** A chain as it was handed out: all that must be known of it when it is reported. */
export interface IssuedChain {
  /** To whom: nobody else can report it. */
  readonly device: string;
  /** Milliseconds since 1970 UTC. */
  readonly issuedAt: number;
  /** 64 hexadecimal digits. */
  readonly seed: string;
  /** Of one link. */
  readonly squarings: number;
  readonly links: number;
  /** Ascending by card. */
  readonly cards: readonly { readonly card: number; readonly tableSeed: string }[];
}

/** 32 bytes that only a verifier with our secrets can make of a text. */
export type Mac = (text: string) => Uint8Array;

/** What the device brings back with its report. We keep nothing of the chain: a restart forgets none. */
export function writeToken(mac: Mac, chain: IssuedChain): string {
  const body = Buffer.from(JSON.stringify(chain)).toString('base64url');
  return `${body}.${Buffer.from(mac(body)).toString('base64url')}`;
}

/** The chain of a token; null where we did not make it, or made it for another device. Never throws. */
export function readToken(mac: Mac, device: string, token: string): IssuedChain | null {
  const [body = '', signature = '', ...rest] = token.split('.', 3);
  const expected = Buffer.from(mac(body)).toString('base64url');
  if (rest.length > 0 || signature.length !== expected.length) return null;
  if (!timingSafeEqual(Buffer.from(signature, 'latin1'), Buffer.from(expected, 'latin1'))) return null;
  // Ours from here on: it has the form that `writeToken` gave it.
  const chain = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as IssuedChain;
  return chain.device === device ? chain : null;
}
