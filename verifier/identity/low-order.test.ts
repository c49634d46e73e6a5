import nacl from 'tweetnacl';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../protocol/bytes.js';
import { isSignedBy } from '../../protocol/signing.js';
import { isLowOrder } from './low-order.js';

const p = 2n ** 255n - 19n;
const sign = 1n << 255n;
const mod = (value: bigint) => ((value % p) + p) % p;
/** 32 bytes, lowest first. */
const hexOf = (value: bigint) =>
  Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse().toString('hex');

function power(base: bigint, exponent: bigint): bigint {
  let [result, square] = [1n, mod(base)];
  for (let left = exponent; left > 0n; left >>= 1n, square = mod(square * square))
    if (left & 1n) result = mod(result * square);
  return result;
}

/** y of a point of order 8: where x² = y² · i, on −x² + y² = 1 + d·x²·y². */
function orderEight(): bigint[] {
  const d = mod(-121665n * power(121666n, p - 2n));
  const i = power(2n, (p - 1n) / 4n);
  // Doubling gives a point with y = 0, which is so where y² = −x²: then −2x² = 1 − d·x⁴.
  const root = power(mod(1n + d), (p + 3n) / 8n);
  const roots = [root, mod(root * i)].filter((value) => mod(value * value) === mod(1n + d));
  return roots
    .flatMap((value) => [value, mod(-value)])
    .flatMap((value) => {
      const xx = mod((1n + value) * power(d, p - 2n));
      const yy = mod(-xx);
      const y = power(yy, (p + 3n) / 8n);
      return [y, mod(y * i)].filter((one) => mod(one * one) === yy).flatMap((one) => [one, mod(-one)]);
    });
}

describe('points of low order', () => {
  const ys = [0n, 1n, p - 1n, p, p + 1n, ...orderEight()];

  it.each([...new Set(ys)].map(hexOf))('are known, with either sign: %s', (key) => {
    expect(isLowOrder(key)).toBe(true);
    expect(isLowOrder(hexOf(BigInt(`0x${Buffer.from(key, 'hex').reverse().toString('hex')}`) | sign))).toBe(
      true,
    );
  });

  it('have signatures that nobody needs a key for', () => {
    const [key, nothing] = [hexOf(1n), hexOf(0n)];
    expect(isSignedBy(key, 'enrol', { anything: 1 }, key + nothing)).toBe(true);
  });

  it('are no keys that anybody makes', () => {
    for (let count = 0; count < 50; count += 1)
      expect(isLowOrder(toHex(nacl.sign.keyPair().publicKey))).toBe(false);
  });
});
