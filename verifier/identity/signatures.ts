import { isSignedBy, type SigningPurpose } from '../../protocol/signing.js';
import { isLowOrder } from './low-order.js';

/**
 * Checks a device's Ed25519 signature over the canonical bytes of a message.
 *
 * @param message a whole message, `signature` among its fields
 * @returns false for a wrong signature, and for a device id that is no public key or one that anybody can sign for, such as
 *   the one of facts that are about no device (`scoring/facts/base.ts`); never throws
 */
export function isSigned(
  purpose: SigningPurpose,
  message: Record<string, unknown> & { readonly device: string; readonly signature: string },
): boolean {
  const { signature, ...signed } = message;
  return !isLowOrder(message.device) && isSignedBy(message.device, purpose, signed, signature);
}
