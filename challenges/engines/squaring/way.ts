/** One way to square modulo one number, in the thread that calls it. */
export interface Way {
  readonly name: 'native' | 'bigint';
  /** Squarings that are done at once: some hundredths of a second, after which the thread looks up. */
  readonly chunk: number;
  /**
   * `value^(2^squarings) mod modulus`.
   * @param value 256 bytes, big-endian, below the modulus
   * @param squarings 1 to `chunk`
   * @returns 256 bytes
   */
  square(value: Uint8Array, squarings: number): Uint8Array;
}
