/** Something that squares modulo a number of 2,048 bits, one squaring after the other: no number of cores shortens it. */
export interface Squarer {
  /** Such as `native` or `bigint`. */
  readonly name: string;
  /**
   * `base^(2^squarings) mod modulus`.
   *
   * @param modulus 256 bytes, big-endian, its highest bit set
   * @param base 256 bytes, big-endian, below the modulus
   * @param squarings 1 to `limits.squarings`
   * @param signal stops it: the promise rejects with `signal.reason`
   * @returns 256 bytes, big-endian
   * @throws TouchstoneError `engine.failed`
   */
  square(modulus: Uint8Array, base: Uint8Array, squarings: number, signal: AbortSignal): Promise<Uint8Array>;
  /** Lets go of its thread. What runs rejects. */
  close(): Promise<void>;
}
