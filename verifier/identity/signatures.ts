import { isSignedBy, type SigningPurpose } from '../../protocol/signing.js';

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
  return isSignedBy(message.device, purpose, signed, signature);
}
