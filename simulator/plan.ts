import type { ChipFigures } from './chip.js';
import type { ClaimedModel } from './claims.js';

/** How one identity cheats by what it computes or answers. Its claim may be a lie besides. */
export type Cheat =
  | { readonly kind: 'computes fraction'; readonly fraction: number }
  | { readonly kind: 'answers last challenge' }
  /** Keeps a part of its table on the chip and the rest in memory that is so many times slower. */
  | { readonly kind: 'spills table'; readonly fraction: number; readonly slower: number }
  /** Serves another customer for this share of the chip's time while it is leased, and says that it is idle. */
  | { readonly kind: 'rents out twice'; readonly share: number };

/** One device of a fleet: a key, a name, and a claim about the chip behind it. */
export interface IdentityPlan {
  readonly name: string;
  readonly claims: ClaimedModel;
  /** Absent: it computes and answers as asked. */
  readonly cheat?: Cheat;
}

/** One chip and all that answer with it. More than one identity is a shared chip. */
export interface ChipPlan extends ChipFigures {
  /** How it divides itself among its identities; evenly when absent. */
  readonly share?: 'evenly' | 'first identity first';
  readonly identities: readonly IdentityPlan[];
}

/** What is simulated, as plain JSON: it crosses a process boundary in the demo. */
export interface FleetPlan {
  /** Draws the deviations of the chips. */
  readonly seed: string;
  /** Largest deviation of a chip from its planned speed, such as 0.03. */
  readonly spread: number;
  readonly chips: readonly ChipPlan[];
}
