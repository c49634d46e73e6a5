/** The y coordinates of the eight points of low order, with their second spellings (y + p), lowest byte first. */
const lowOrderYs: ReadonlySet<string> = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

/**
 * Whether an Ed25519 public key is a point of low order (RFC 8032, cofactor 8). There are signatures that fit such a key whoever
 * made them, so a signature under it proves nothing.
 *
 * @param key 64 lower-case hexadecimal digits
 */
export function isLowOrder(key: string): boolean {
  // The highest bit is the sign of x: a point and its mirror have the same order.
  const last = (Number.parseInt(key.slice(62), 16) & 0x7f).toString(16).padStart(2, '0');
  return lowOrderYs.has(key.slice(0, 62) + last);
}
