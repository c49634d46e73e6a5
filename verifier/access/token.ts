import { createHash } from 'node:crypto';
import { Compile } from 'typebox/compile';
import { ApiKey, SessionToken, WalletToken, WitnessToken } from '../../protocol/ids.js';

const kinds = {
  ak: Compile(ApiKey),
  se: Compile(SessionToken),
  ws: Compile(WalletToken),
  wt: Compile(WitnessToken),
};

/** A key, a device's session, a wallet's session, or a witness's token. */
export type TokenKind = keyof typeof kinds;

export interface Bearer {
  readonly kind: TokenKind;
  readonly token: string;
}

/** What is kept of a secret that somebody carries: 64 hexadecimal digits of SHA-256. */
export const hashOfToken = (token: string): string => createHash('sha256').update(token).digest('hex');

/** The token of an `Authorization: Bearer …` header, and whose it would be; null where there is none of ours. */
export function readBearer(authorization: string | undefined): Bearer | null {
  const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
  const kind = Object.keys(kinds).find((one): one is TokenKind => kinds[one as TokenKind].Check(token));
  return token === undefined || kind === undefined ? null : { kind, token };
}

/** The token of a header where it is of one kind; null else. */
export function bearerToken(authorization: string | undefined, kind: TokenKind): string | null {
  const bearer = readBearer(authorization);
  return bearer?.kind === kind ? bearer.token : null;
}
