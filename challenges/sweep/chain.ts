import { hash } from 'node:crypto';
import { sameBytes } from '../../protocol/bytes.js';

const sha256 = (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer');

/**
 * A hash chain (docs/sweeps.md): `x_0` is secret, `x_(j+1) = SHA-256(x_j)`, and the head `x_length` is published before any
 * other value is used. Preimage 1 is the one before the head, preimage `length` is `x_0`: none tells anything of those after it.
 *
 * Keeps every `√length`-th value, so that a preimage costs at most so many hashes.
 */
export class PreimageChain {
  readonly length: number;
  readonly head: Uint8Array;
  /** `x_0`, `x_stride`, `x_2·stride`, … */
  readonly #kept: Uint8Array[] = [];
  readonly #stride: number;

  /**
   * @param first `x_0`, 32 secret bytes
   * @param length how many preimages there are
   * @throws RangeError where there are none
   */
  constructor(first: Uint8Array, length: number) {
    if (!Number.isSafeInteger(length) || length < 1) throw new RangeError(`a chain of ${length} preimages`);
    this.length = length;
    this.#stride = Math.ceil(Math.sqrt(length));
    let value = first;
    for (let j = 0; j < length; j++) {
      if (j % this.#stride === 0) this.#kept.push(value);
      value = sha256(value);
    }
    this.head = value;
  }

  /** Preimage `index`, 32 bytes. @param index from 1, next to the head, to `length` @throws RangeError where there is none */
  preimage(index: number): Uint8Array {
    const place = this.length - index;
    const kept = this.#kept[Math.floor(place / this.#stride)];
    if (!Number.isSafeInteger(index) || index < 1 || kept === undefined)
      throw new RangeError(`preimage ${index} of ${this.length}`);
    return hashTimes(kept, place % this.#stride);
  }
}

/** Whether a value is preimage `index` of a head: `SHA-256` applied `index` times to it gives the head. */
export const isPreimage = (value: Uint8Array, index: number, head: Uint8Array): boolean =>
  sameBytes(hashTimes(value, index), head);

function hashTimes(value: Uint8Array, times: number): Uint8Array {
  let hashed = value;
  for (let i = 0; i < times; i++) hashed = sha256(hashed);
  return hashed;
}
