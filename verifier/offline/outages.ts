/** Time in which a device had no line. Milliseconds since 1970 UTC. */
export interface Outage {
  /** Credit begins here: not before the last sign of life. */
  readonly from: number;
  /** The last sign of life came no earlier. The same as `from`, but for what is read from the record in whole minutes. */
  readonly lastSign: number;
  /** It was back. */
  readonly to: number;
  /** All before it has had its verdict, and with it every chain that was handed out before; null where nothing has. */
  readonly shownTo: number | null;
}

type Signs = Pick<Outage, 'from' | 'lastSign'>;

/** What another verifier goes on from. Milliseconds since 1970. */
export interface SavedOutages {
  readonly lastSign: Signs | null;
  readonly unshown: Signs | null;
  /** Since when it was connected there; null where it was not. */
  readonly backAt: number | null;
  readonly shownTo: number | null;
}

/**
 * A line that was back for so short a time may have been too bad for a report: it counts as one outage with the next. No
 * longer, or a device could be off for an hour and solve for it afterwards.
 */
const briefMs = 30_000;

/** The outages of one device, one at a time: the one that it has not shown yet. */
export class Outages {
  #lastSign: Signs | null = null;
  #backAt: number | null = null;
  #present: Outage | null = null;
  /** One that ended with a line too brief to show it. */
  #unshown: Signs | null = null;
  #shownTo: number | null = null;

  /** As it is now, for another verifier. */
  get saved(): SavedOutages {
    const unshown = this.#present ?? this.#unshown;
    return {
      lastSign: this.#lastSign,
      unshown: unshown === null ? null : { from: unshown.from, lastSign: unshown.lastSign },
      backAt: this.#backAt,
      shownTo: this.#shownTo,
    };
  }

  /**
   * Goes on from what another verifier saved, before anything else happens here.
   * @param now milliseconds since 1970
   */
  takeUp({ lastSign, unshown, backAt, shownTo }: SavedOutages, now: number): void {
    this.#shownTo = shownTo;
    // That verifier ended while the line was up: how long that was only the record can say.
    this.#lastSign = backAt === null ? lastSign : null;
    // As with a line that was too brief: it had not all of its time to be shown.
    this.#unshown = backAt === null || now - backAt <= 2 * briefMs ? unshown : null;
  }

  /** False where this process knows nothing of the device yet: then the record does (`restore`). */
  get isKnown(): boolean {
    return this.#lastSign !== null;
  }

  /** The outage that ended with this connection; null where there was none, or it has been shown. */
  get present(): Outage | null {
    return this.#present;
  }

  /** @param minute in which it was seen last, since 1970; null where it never was */
  restore(minute: number | null): void {
    if (minute === null || this.isKnown) return;
    // It was seen in that minute: somewhere from its beginning to its end.
    this.#lastSign = { from: (minute + 1) * 60_000, lastSign: minute * 60_000 };
    if (this.#backAt !== null && this.#present === null) this.connected(this.#backAt);
  }

  connected(at: number): void {
    this.#backAt = at;
    const since = this.#unshown ?? this.#lastSign;
    this.#present = since !== null && since.from < at ? { ...since, to: at, shownTo: this.#shownTo } : null;
    this.#unshown = null;
  }

  /** @param lastSeenAt when something came from it last: a line may have been gone for long before anybody notices */
  disconnected(lastSeenAt: number): void {
    const brief = this.#backAt !== null && lastSeenAt - this.#backAt <= briefMs;
    this.#unshown = brief ? this.#present : null;
    this.#lastSign = { from: lastSeenAt, lastSign: lastSeenAt };
    this.#backAt = null;
    this.#present = null;
  }

  /** There is a verdict on all that was before `to`. */
  shown(to: number): void {
    const shownTo = Math.max(to, this.#shownTo ?? to);
    this.#shownTo = shownTo;
    const after = <T extends Signs>(outage: T): T => ({
      ...outage,
      from: Math.max(outage.from, to),
      lastSign: Math.max(outage.lastSign, to),
    });
    if (this.#present !== null)
      this.#present = this.#present.to <= to ? null : { ...after(this.#present), shownTo };
    if (this.#unshown !== null) this.#unshown = after(this.#unshown);
  }
}
