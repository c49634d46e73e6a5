import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { attestationNonce } from './attestation.js';

const [seed, device] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];

describe('the nonce of an attestation', () => {
  it('is the hash of its purpose, the seed and the device', () => {
    const expected = createHash('sha256')
      .update('touchstone/v1/attestation')
      .update(seed)
      .update(device)
      .digest();
    expect(attestationNonce(seed, device)).toEqual(new Uint8Array(expected));
  });

  it('is another for another exam and for another device', () => {
    const nonces = [
      attestationNonce(seed, device),
      attestationNonce(device, seed),
      attestationNonce(seed, seed),
    ];
    expect(new Set(nonces.map(String)).size).toBe(3);
  });

  it('is made of whole seeds and keys only', () => {
    expect(() => attestationNonce(seed.subarray(1), device)).toThrow(RangeError);
  });
});
