import { createHash } from 'node:crypto';
import nacl from 'tweetnacl';
import { toHex } from '../../../protocol/bytes.js';
import { type SigningPurpose, signingBytes } from '../../../protocol/signing.js';

/** 32 bytes that are the same in every run. */
export const bytesOf = (text: string): Uint8Array =>
  new Uint8Array(createHash('sha256').update(text).digest());
export const hexOf = (text: string): string => toHex(bytesOf(text));

/** A signing key that is the same in every run. */
export function signerOf(name: string) {
  const pair = nacl.sign.keyPair.fromSeed(bytesOf(name));
  return {
    key: toHex(pair.publicKey),
    sign: (purpose: SigningPurpose, fields: Record<string, unknown>): string =>
      toHex(nacl.sign.detached(signingBytes(purpose, fields), pair.secretKey)),
  };
}
