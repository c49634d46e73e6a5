import { createHash, type Hash } from 'node:crypto';

/** So many bytes of a transfer, and the SHA-256 of all of them in hexadecimal. */
export interface Mark {
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Hashes a transfer as it goes by, in chunks of any length, and gives the hash of all bytes so far after each `every`
 * bytes and after the last. Both ends of a download keep one.
 */
export class MarkedHash {
  readonly #hash: Hash = createHash('sha256');
  readonly #bytes: number;
  readonly #every: number;
  #taken = 0;

  /**
   * @param bytes of the whole transfer
   * @param every at least 1
   */
  constructor(bytes: number, every: number) {
    this.#bytes = bytes;
    this.#every = every;
  }

  /** @returns the marks that lie within the chunk or at its end; null, and nothing is taken, where it is too long */
  take(chunk: Uint8Array): Mark[] | null {
    if (chunk.length > this.#bytes - this.#taken) return null;
    const marks: Mark[] = [];
    for (let at = 0; at < chunk.length; ) {
      const toMark = Math.min(this.#every - (this.#taken % this.#every), this.#bytes - this.#taken);
      const part = chunk.subarray(at, at + toMark);
      this.#hash.update(part);
      this.#taken += part.length;
      at += part.length;
      if (part.length === toMark) {
        marks.push({ bytes: this.#taken, sha256: this.#hash.copy().digest('hex') });
      }
    }
    return marks;
  }
}
