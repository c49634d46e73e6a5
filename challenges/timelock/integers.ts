// Integers of any length, as the bytes that a protocol message has and as what BigInt computes with.

/** The integer of big-endian bytes; 0 of none. */
export function toInteger(bytes: Uint8Array): bigint {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
  return BigInt(`0x0${hex}`);
}

/**
 * An integer as `length` bytes, at least 1, big-endian.
 * @throws RangeError where it is negative or has more bytes
 */
export function toBigEndian(value: bigint, length: number): Uint8Array {
  const hex = value.toString(16).padStart(2 * length, '0');
  if (value < 0n || hex.length > 2 * length) throw new RangeError(`not an integer of ${length} bytes`);
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

/** `base^exponent mod modulus`. Not constant in time: nothing that is measured from outside depends on it. @param exponent not negative */
export function powerModulo(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n % modulus;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === '1') result = (result * base) % modulus;
  }
  return result;
}
