import { createPublicKey, verify } from 'node:crypto';
import { fromHex } from '../../protocol/bytes.js';
import { type SigningPurpose, signingBytes } from '../../protocol/signing.js';

/**
 * Checks a device's Ed25519 signature over the canonical bytes of a message.
 *
 * @param message a whole message, `signature` among its fields
 * @returns false for a wrong signature and for a device id that is no public key; never throws
 */
export function isSigned(
  purpose: SigningPurpose,
  message: Record<string, unknown> & { readonly device: string; readonly signature: string },
): boolean {
  const { signature, ...signed } = message;
  try {
    const key = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(fromHex(message.device)).toString('base64url') },
      format: 'jwk',
    });
    return verify(null, signingBytes(purpose, signed), key, fromHex(signature));
  } catch {
    return false;
  }
}
