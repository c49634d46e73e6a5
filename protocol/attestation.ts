import { createHash } from 'node:crypto';

const domain = 'touchstone/v1/attestation';

/**
 * What a vendor's report has to be signed over: nobody knew it before the exam began, and it is of no other device.
 *
 * @param seed 32 bytes, of the `exam.go` of the card's compute part in an exam that it has passed
 * @param device 32 bytes, the device's Ed25519 public key
 * @returns SHA-256, 32 bytes: the nonce that the driver is asked with
 */
export function attestationNonce(seed: Uint8Array, device: Uint8Array): Uint8Array {
  if (seed.length !== 32 || device.length !== 32)
    throw new RangeError(`a seed and a key have 32 bytes, not ${seed.length} and ${device.length}`);
  return new Uint8Array(createHash('sha256').update(domain).update(seed).update(device).digest());
}
