import { type SweepSeedPurpose, sweepSeed } from '../../challenges/sweep/seed.js';
import { toHex } from '../../protocol/bytes.js';
import type { ExamPart } from '../../protocol/messages/exam.js';
import type { SweepBeacon } from '../../protocol/messages/sweep.js';
import type { SeedSource } from '../exams/seeds.js';

/**
 * The seeds of one sweep. Tables have theirs while it lasts, and `go` only while it is let go; all else, and every second attempt,
 * is drawn at random: the preimage is published, and a seed that follows from it must not be asked of anybody afterwards.
 */
export class SweepSeeds {
  readonly #preimage: Uint8Array;
  readonly #armBeacon: SweepBeacon;
  readonly #random: SeedSource;
  #open: { readonly part: ExamPart; readonly beacon: SweepBeacon } | null = null;
  #over = false;

  constructor(preimage: Uint8Array, armBeacon: SweepBeacon, random: SeedSource) {
    this.#preimage = preimage;
    this.#armBeacon = armBeacon;
    this.#random = random;
  }

  of(device: string): SeedSource {
    return {
      table: (card, attempt) =>
        attempt > 1 || this.#over
          ? this.#random.table(card, attempt)
          : this.#seed(device, card, 'table', this.#armBeacon),
      go: (card, part, attempt) =>
        attempt > 1 || this.#open?.part !== part
          ? this.#random.go(card, part, attempt)
          : this.#seed(device, card, part === 'compute' ? 'compute' : 'walk', this.#open.beacon),
    };
  }

  /** While `give` runs, a `go` of the part has the seed of the sweep. */
  during<T>(part: ExamPart, beacon: SweepBeacon, give: () => T): T {
    this.#open = { part, beacon };
    try {
      return give();
    } finally {
      this.#open = null;
    }
  }

  /** From now on nobody is given a seed of this sweep. */
  end(): void {
    this.#over = true;
  }

  #seed(device: string, card: number, purpose: SweepSeedPurpose, beacon: SweepBeacon): string {
    const value = beacon?.value ?? null;
    return toHex(sweepSeed({ preimage: this.#preimage, device, beacon: value, card, purpose }));
  }
}
