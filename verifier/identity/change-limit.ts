import type { Clock } from '../../protocol/clock.js';
import { TouchstoneError } from '../../protocol/error.js';
import { Bucket } from '../edge/bucket.js';

/** Enrolments of one device that say something new: each is kept for ever, and other hardware is a new examination. */
const changes = 6;
const perSecond = changes / 3600;
/** Devices that are remembered; those that were not heard of for longest are forgotten first. */
const remembered = 100_000;

/** Bounds how often one device may change what it says of itself: six times, then once in ten minutes. */
export class ChangeLimit {
  readonly #buckets = new Map<string, Bucket>();
  readonly #clock: Pick<Clock, 'monotonic'>;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** @throws TouchstoneError `request.too-many` */
  take(device: string): void {
    const now = this.#clock.monotonic();
    const bucket = this.#buckets.get(device) ?? new Bucket(perSecond, changes, now);
    this.#buckets.delete(device);
    this.#buckets.set(device, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > remembered && oldest !== undefined) this.#buckets.delete(oldest);
    if (!bucket.take(1, now)) {
      throw new TouchstoneError(
        'request.too-many',
        'This device has changed what it says of itself too often.',
      );
    }
  }
}
