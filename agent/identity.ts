import nacl from 'tweetnacl';
import { toHex } from '../protocol/bytes.js';
import { type SigningPurpose, signingBytes } from '../protocol/signing.js';

/** Who a device is: an Ed25519 key whose public half is its id. The secret half never leaves this object. */
export interface Identity {
  /** Public key, 64 hexadecimal digits. */
  readonly device: string;
  /** Ed25519 over `signingBytes(purpose, message)`, 128 hexadecimal digits. */
  sign(purpose: SigningPurpose, message: Record<string, unknown>): string;
}

/**
 * The identity of a secret.
 *
 * @param secret 32 bytes: the seed of the Ed25519 key
 */
export function identityOf(secret: Uint8Array): Identity {
  const pair = nacl.sign.keyPair.fromSeed(secret);
  return {
    device: toHex(pair.publicKey),
    sign: (purpose, message) => toHex(nacl.sign.detached(signingBytes(purpose, message), pair.secretKey)),
  };
}
