import { limits } from '../../protocol/limits.js';
import type { NetworkReceived } from '../../protocol/messages/network.js';
import type { Transfer } from './line.js';

/** What was on the way when a transfer ended may still come for so long, and is nobody's fault. */
const leftoversMs = 10_000;

/** The transfers of one connection, one after the other: who takes their bytes, and how many may come. All times monotonic. */
export class Transfers {
  #current: Transfer | null = null;
  /** The last transfer's exam. */
  #exam: string | null = null;
  #until = Number.NEGATIVE_INFINITY;
  #bytesLeft = 0;
  #framesLeft = 0;

  /** See `Line.startTransfer`. */
  start(transfer: Transfer, now: () => number): (() => void) | null {
    // Leftovers of an earlier upload would be taken for wrong bytes of this one.
    const leftovers = transfer.uploadBytes > 0 && this.#bytesLeft > 0 && now() <= this.#until;
    if (this.#current !== null || leftovers) return null;
    this.#current = transfer;
    this.#exam = transfer.exam;
    this.#until = Number.POSITIVE_INFINITY;
    this.#bytesLeft = transfer.uploadBytes;
    this.#framesLeft = Math.ceil(transfer.uploadBytes / limits.transferFrameBytesAtLeast);
    return () => {
      if (this.#current !== transfer) return;
      this.#current = null;
      this.#until = now() + leftoversMs;
    };
  }

  /** @returns false where the frame was not asked for, or is more than was asked */
  takeBytes(frame: Uint8Array, at: number): boolean {
    if (at > this.#until || frame.length > this.#bytesLeft || this.#framesLeft === 0) return false;
    this.#bytesLeft -= frame.length;
    this.#framesLeft -= 1;
    this.#current?.onBytes(frame, at);
    return true;
  }

  /** @returns false where no transfer of that exam runs, or ended just now */
  takeReport(report: NetworkReceived, at: number): boolean {
    if (report.exam !== this.#exam || at > this.#until) return false;
    this.#current?.onReport(report, at);
    return true;
  }

  /** The connection has ended. */
  end(): void {
    const transfer = this.#current;
    this.#current = null;
    transfer?.onGone();
  }
}
