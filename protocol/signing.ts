import { createPublicKey, verify } from 'node:crypto';
import canonicalize from 'canonicalize';
import { fromHex } from './bytes.js';

/** What a signature is for. Part of the signed bytes, so that one can never pass as another. */
export type SigningPurpose = 'enrol' | 'session' | 'transcript' | 'receipt' | 'witness';

/**
 * The bytes that are signed: `touchstone/v1/<purpose>`, a line feed, and the message as canonical JSON (RFC 8785).
 *
 * @param purpose what the signature is for
 * @param message the fields that are signed; the signature itself must not be among them
 */
export function signingBytes(purpose: SigningPurpose, message: Record<string, unknown>): Uint8Array {
  return new TextEncoder().encode(`touchstone/v1/${purpose}\n${canonicalize(message)}`);
}

/**
 * Whether an Ed25519 signature over `signingBytes(purpose, message)` is right.
 *
 * @param key public key, 64 hexadecimal digits
 * @param message the fields that were signed, without the signature
 * @param signature 128 hexadecimal digits
 * @returns false for a wrong signature, a key that is none and a message that has no canonical form; never throws
 */
export function isSignedBy(
  key: string,
  purpose: SigningPurpose,
  message: Record<string, unknown>,
  signature: string,
): boolean {
  try {
    const x = Buffer.from(fromHex(key)).toString('base64url');
    const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    return verify(null, signingBytes(purpose, message), publicKey, fromHex(signature));
  } catch {
    return false;
  }
}
