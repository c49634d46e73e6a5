import { stream } from '../stream.js';

/** The bytes of a transfer in the order in which they are sent: the first `bytes` of `stream(seed, label)`. */
export class StreamSource {
  readonly #seed: Uint8Array;
  readonly #label: 'download' | 'upload';
  readonly #bytes: number;
  #sent = 0;

  constructor(seed: Uint8Array, label: 'download' | 'upload', bytes: number) {
    this.#seed = seed;
    this.#label = label;
    this.#bytes = bytes;
  }

  /** Bytes handed out so far. */
  get sent(): number {
    return this.#sent;
  }

  /** The next `most` bytes, or as many as are left; null where none are. */
  next(most: number): Uint8Array | null {
    const length = Math.min(most, this.#bytes - this.#sent);
    if (length <= 0) return null;
    const chunk = stream(this.#seed, this.#label, this.#sent, length);
    this.#sent += length;
    return chunk;
  }
}
