/**
 * How a chip divides itself among those that want it at one instant.
 *
 * @param tenant one of `busy`
 * @param busy tenants with work, in the order of their numbers, never empty
 * @returns the part of the chip that `tenant` gets, 0 to 1; the parts of all busy tenants sum to 1
 */
export type ShareRule = (tenant: number, busy: readonly number[]) => number;

/** What a GPU does with several processes: `k` busy tenants each run at one k-th of its speed. */
export const evenly: ShareRule = (_tenant, busy) => 1 / busy.length;

/** What a colluding owner might do: the lowest number has the whole chip until it is done. */
export const lowestFirst: ShareRule = (tenant, busy) => (tenant === busy[0] ? 1 : 0);

/** Milliseconds below which work or time left over is only rounding. */
const rounding = 1e-9;

/**
 * The exact timetable of one shared chip. Between two events (a job begins, a job ends) every share is constant, so
 * progress is a straight line and nothing has to be sliced into steps. Holds no clock: times come in as arguments,
 * in milliseconds of any monotonic clock, and never run backwards.
 */
export class Timetable {
  readonly #share: ShareRule;
  /** Milliseconds of the whole chip that each busy tenant still needs, in the order of tenants' numbers. */
  #left = new Map<number, number>();
  #at: number;
  /** When the chip last had nothing to do; of interest only while it has nothing to do. */
  #idleSince: number;

  constructor(share: ShareRule, now: number) {
    this.#share = share;
    this.#at = now;
    this.#idleSince = now;
  }

  /**
   * A tenant's job begins. Call `advance(now)` first: what has ended must not share with what begins.
   *
   * @param work milliseconds that the job takes with the whole chip
   * @param since instant at which the tenant could have begun. Where the chip has idled from then on, it is as if the
   *   job had begun there: only who simulates was late. Time that others had is never given twice.
   * @throws RangeError when the tenant has a job already
   */
  begin(tenant: number, work: number, since = this.#at): void {
    if (this.#left.has(tenant)) throw new RangeError(`tenant ${tenant} has a job already`);
    const idle = this.#left.size === 0 ? Math.max(0, this.#at - Math.max(since, this.#idleSince)) : 0;
    const entry = [tenant, Math.max(0, work - idle)] as const;
    this.#left = new Map([...this.#left, entry].sort(([a], [b]) => a - b));
  }

  /** Moves on to `now`. Returns the tenants whose jobs have ended, with the instant of each, earliest first. */
  advance(now: number): { tenant: number; at: number }[] {
    const ended: { tenant: number; at: number }[] = [];
    for (
      let step = this.nextEndIn();
      step !== null && this.#at + step <= now + rounding;
      step = this.nextEndIn()
    ) {
      this.#progress(step);
      for (const [tenant, left] of this.#left) {
        if (left > rounding) continue;
        this.#left.delete(tenant);
        ended.push({ tenant, at: this.#at });
      }
      if (this.#left.size === 0) this.#idleSince = this.#at;
    }
    this.#progress(Math.max(0, now - this.#at));
    return ended;
  }

  /** Milliseconds from the last `advance` to the next end of a job; null when the chip is idle. */
  nextEndIn(): number | null {
    if (this.#left.size === 0) return null;
    const busy = [...this.#left.keys()];
    const ends = [...this.#left].map(([tenant, left]) => {
      const share = this.#share(tenant, busy);
      return share > 0 ? Math.max(0, left) / share : Number.POSITIVE_INFINITY;
    });
    return Math.min(...ends);
  }

  #progress(milliseconds: number): void {
    const busy = [...this.#left.keys()];
    for (const [tenant, left] of this.#left)
      this.#left.set(tenant, left - milliseconds * this.#share(tenant, busy));
    this.#at += milliseconds;
  }
}
