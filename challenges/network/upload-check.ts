import { sameBytes } from '../../protocol/bytes.js';
import { stream } from '../stream.js';

/** What is expected is made in blocks of our own size, whatever the size of the frames that come. */
const blockBytes = 64 * 1024;

/** The verifier's side of an upload: checks the bytes against `stream(seed, "upload")` as they come. */
export class UploadCheck {
  readonly #seed: Uint8Array;
  readonly #bytes: number;
  #right = 0;
  #wrong = false;
  #block = new Uint8Array(0);
  #blockAt = -1;

  constructor(seed: Uint8Array, bytes: number) {
    this.#seed = seed;
    this.#bytes = bytes;
  }

  /** Bytes that came and were right, before any that was wrong; whole frames beside the last. */
  get right(): number {
    return this.#right;
  }

  get complete(): boolean {
    return this.#right === this.#bytes;
  }

  /** @returns false from the first frame on that has a wrong byte or goes beyond what was asked: nothing of it counts */
  accepts(frame: Uint8Array): boolean {
    this.#wrong ||= frame.length > this.#bytes - this.#right || !this.#matches(frame);
    if (!this.#wrong) this.#right += frame.length;
    return !this.#wrong;
  }

  #matches(frame: Uint8Array): boolean {
    for (let at = 0; at < frame.length; ) {
      const offset = this.#right + at;
      const skipped = offset % blockBytes;
      const part = frame.subarray(at, at + blockBytes - skipped);
      const expected = this.#expect(offset - skipped).subarray(skipped, skipped + part.length);
      if (!sameBytes(part, expected)) return false;
      at += part.length;
    }
    return true;
  }

  #expect(blockAt: number): Uint8Array {
    if (this.#blockAt !== blockAt) {
      this.#block = new Uint8Array(stream(this.#seed, 'upload', blockAt, blockBytes));
      this.#blockAt = blockAt;
    }
    return this.#block;
  }
}
