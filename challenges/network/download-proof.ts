import { type Mark, MarkedHash } from './marked-hash.js';

/**
 * The verifier's side of a download: knows what the device must report, and how much it has proven to have. The seed is
 * secret, so a right hash can only come from somebody who has the bytes.
 */
export class DownloadProof {
  readonly #hash: MarkedHash;
  readonly #expected = new Map<number, string>();
  #proven = 0;

  constructor(bytes: number, reportBytes: number) {
    this.#hash = new MarkedHash(bytes, reportBytes);
  }

  /** Bytes that the device proved to have. */
  get proven(): number {
    return this.#proven;
  }

  /** Bytes that are about to be sent. @throws RangeError when they are more than announced: never a device's doing */
  sends(chunk: Uint8Array): void {
    const marks = this.#hash.take(chunk);
    if (marks === null) throw new RangeError('more bytes than announced');
    for (const { bytes, sha256 } of marks) this.#expected.set(bytes, sha256);
  }

  /** @returns false where the report is of bytes that were not sent yet, of no mark, or has the wrong hash */
  accepts({ bytes, sha256 }: Mark): boolean {
    if (this.#expected.get(bytes) !== sha256) return false;
    this.#proven = Math.max(this.#proven, bytes);
    return true;
  }
}
