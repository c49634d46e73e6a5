import type { Card } from './card.js';

/**
 * Milliseconds of work in one submission: long enough to cost nothing, and well below the two seconds after which Windows
 * resets a card that does not answer.
 */
export const sliceMilliseconds = 100;

/** Submissions that wait on the card at once: one that runs and one so that it never stands still. */
const mostWaiting = 2;

/** How far one observation may raise the pace: the first ones are of small work, and clocks rise. */
const mostGrowth = 4;

/**
 * Work for a card in slices of about a tenth of a second, by the rate that it was seen to work at. Operations are any unit,
 * the same throughout.
 */
export class Pace {
  readonly #card: Card;
  readonly #now: () => number;
  #rate: number;
  #encoder: GPUCommandEncoder | null = null;
  #pass: GPUComputePassEncoder | null = null;
  #operations = 0;
  #waiting: Promise<void>[] = [];
  #lastDone = 0;

  /** @param rate operations a millisecond to begin with; rather too few */
  constructor(card: Card, rate: number, now: () => number = () => performance.now()) {
    this.#card = card;
    this.#rate = rate;
    this.#now = now;
  }

  /** Operations a millisecond. */
  get rate(): number {
    return this.#rate;
  }

  /**
   * Puts one dispatch (or a few) into the present slice; waits where the card has enough to do.
   * @throws Error when the card is gone: what is left of a long build ends here
   */
  async add(operations: number, encode: (pass: GPUComputePassEncoder) => void): Promise<void> {
    if (!this.#card.usable) throw new Error('The card is gone.');
    this.#encoder ??= this.#card.device.createCommandEncoder();
    this.#pass ??= this.#encoder.beginComputePass();
    encode(this.#pass);
    this.#operations += operations;
    if (this.#operations >= this.#rate * sliceMilliseconds) await this.submit();
  }

  /** Ends the slice. Before that, `tail` may add copies to it. */
  async submit(tail: (encoder: GPUCommandEncoder) => void = () => {}): Promise<void> {
    const encoder = this.#encoder ?? this.#card.device.createCommandEncoder();
    this.#pass?.end();
    tail(encoder);
    const { queue } = this.#card.device;
    queue.submit([encoder.finish()]);
    const done = this.#observe(this.#operations, this.#now(), queue.onSubmittedWorkDone());
    // It may fail when nobody waits for it any more.
    done.catch(() => {});
    this.#encoder = null;
    this.#pass = null;
    this.#operations = 0;
    this.#waiting.push(done);
    if (this.#waiting.length >= mostWaiting) await this.#waiting.shift();
  }

  /** Until the card has done all that was submitted. */
  async idle(): Promise<void> {
    await Promise.all(this.#waiting.splice(0));
  }

  async #observe(operations: number, submitted: number, done: Promise<unknown>): Promise<void> {
    await done;
    // The card did not begin before it was done with the slice before.
    const milliseconds = this.#now() - Math.max(submitted, this.#lastDone);
    this.#lastDone = this.#now();
    if (operations === 0) return;
    const seen = operations / Math.max(milliseconds, 0.1);
    // A slice that was too small to keep the card busy says little: it may only raise the pace.
    const small = milliseconds < sliceMilliseconds / 10;
    this.#rate = small
      ? Math.max(this.#rate, Math.min(seen, this.#rate * mostGrowth))
      : Math.min(seen, this.#rate * mostGrowth);
  }
}
