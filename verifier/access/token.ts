import { createHash } from 'node:crypto';
import { Compile } from 'typebox/compile';
import { ApiKey, WitnessToken } from '../../protocol/ids.js';

const kinds = { ak: Compile(ApiKey), wt: Compile(WitnessToken) };

/** What is kept of a secret that somebody carries: 64 hexadecimal digits of SHA-256. */
export const hashOfToken = (token: string): string => createHash('sha256').update(token).digest('hex');

/** The token of an `Authorization: Bearer …` header: a marketplace's key or a witness's token; null where there is none such. */
export function bearerToken(authorization: string | undefined, kind: keyof typeof kinds): string | null {
  const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
  return kinds[kind].Check(token) ? token : null;
}
