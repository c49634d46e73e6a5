import type { CardProver } from '../../agent/exam/prover.js';
import type { MemoryShape } from '../../protocol/shapes.js';
import type { AlarmClock, ChipTenant, ChipWork } from '../chip.js';
import { allOf } from './all-of.js';

/** What else a card was sold for. */
export interface ForeignWork {
  /** Work of one burst: for so long it would have the whole chip busy. */
  readonly burst: ChipWork;
  /** From the end of a burst to the next one, milliseconds. */
  readonly restMs: number;
  /** Before the first one, milliseconds. */
  readonly firstMs?: number;
}

/** A second customer on a chip that has one already. */
export class ForeignTenant {
  readonly #tenant: ChipTenant;
  readonly #clock: AlarmClock;
  readonly #work: ForeignWork;
  #cancelAlarm: () => void = () => {};
  #stopped = false;
  #held: (() => void)[] | null = null;

  /** @param tenant a place of its own on the leased chip */
  constructor(tenant: ChipTenant, clock: AlarmClock, work: ForeignWork) {
    this.#tenant = tenant;
    this.#clock = clock;
    this.#work = work;
    this.#rest(work.firstMs ?? 0);
  }

  /** Its work waits until `resume`; the burst that runs is ended first, as a GPU does with what was given to it. */
  pause(): void {
    this.#held ??= [];
  }

  resume(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const go of held) go();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelAlarm();
  }

  #rest(milliseconds: number): void {
    this.#cancelAlarm = this.#clock.alarm(milliseconds, () => this.#burst());
  }

  #burst(): void {
    if (this.#stopped) return;
    if (this.#held) return void this.#held.push(() => this.#burst());
    void this.#tenant.spend(this.#work.burst).then(() => {
      if (!this.#stopped) this.#rest(this.#work.restMs);
    });
  }
}

/**
 * The owner sees each probe come, and holds the other customer's work back until it is answered. A burst that has begun
 * goes on: only short ones make this work.
 */
export function yieldsToProbes(
  prover: CardProver,
  foreign: Pick<ForeignTenant, 'pause' | 'resume'>,
): CardProver {
  return {
    ...allOf(prover),
    walk: async (walkSeed, onProgress, rounds) => {
      foreign.pause();
      try {
        return await prover.walk(walkSeed, onProgress, rounds);
      } finally {
        foreign.resume();
      }
    },
  };
}

/**
 * The owner answers no probe sooner than this, at the hand-over neither: the baseline is his choice, and other work hides in the
 * time that is left.
 */
export function answersNoSooner(prover: CardProver, clock: AlarmClock, milliseconds: number): CardProver {
  return {
    ...allOf(prover),
    walk: async (walkSeed, onProgress, rounds) => {
      const begun = clock.monotonic();
      const roots = await prover.walk(walkSeed, onProgress, rounds);
      const rest = begun + milliseconds - clock.monotonic();
      if (rest > 0) await new Promise<void>((resolve) => void clock.alarm(rest, resolve));
      return roots;
    },
  };
}

/**
 * The other customer needs the memory, so the table goes, unseen: built again where a probe asks for it.
 * One for each card.
 */
export function sellsMemory(prover: CardProver): CardProver {
  let again: (() => Promise<unknown>) | null = null;
  let gone = false;
  return {
    ...allOf(prover),
    build: (shape, tableSeed, onProgress) => {
      again = () => prover.build(shape, tableSeed, () => {});
      gone = false;
      return prover.build(shape, tableSeed, onProgress);
    },
    walk: async (walkSeed, onProgress, rounds) => {
      if (gone) await again?.();
      gone = false;
      return await prover.walk(walkSeed, onProgress, rounds);
    },
    revealWalk: async (openings) => {
      const reveals = await prover.revealWalk(openings);
      gone = true;
      await prover.dropTable();
      return reveals;
    },
  };
}

/** An owner who gives a leased card's memory to another customer, and takes it back. One for each card. */
export interface MemoryGiven {
  readonly prover: CardProver;
  give(): Promise<void>;
  takeBack(): void;
}

/**
 * The other customer stays in the memory: the table is gone, and there is no room for another one.
 *
 * @param other a place of its own on the leased chip
 * @param bytes that the other customer needs
 */
export function givesMemoryAway(prover: CardProver, other: ChipTenant, bytes: number): MemoryGiven {
  return {
    prover,
    async give() {
      await prover.dropTable();
      other.hold(bytes);
    },
    takeBack: () => other.close(),
  };
}

/**
 * After `swap` it walks on the table that a neighbour keeps for a lease of its own: two leases would take the memory of one. For
 * each card one.
 */
export function walksOnNeighbours(prover: CardProver, neighboursSeed: Uint8Array) {
  let shape: MemoryShape | null = null;
  return {
    prover: {
      ...allOf(prover),
      build: (asked, tableSeed, onProgress) => {
        shape = asked;
        return prover.build(asked, tableSeed, onProgress);
      },
    } satisfies CardProver,
    async swap(): Promise<void> {
      if (shape !== null) await prover.build(shape, neighboursSeed, () => {});
    },
  };
}
