import canonicalize from 'canonicalize';

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
