import type { Code } from '../../protocol/codes/table.js';
import type { DisputeState } from '../../scoring/facts/hardware.js';

/** A card whose id another device claims too. */
export interface DisputedCard {
  readonly card: number;
  readonly dispute: string;
  readonly state: DisputeState;
  /** It earns nothing until that is settled. Never so for who had the id first. */
  readonly held: boolean;
  /** `dispute.…` */
  readonly code: Code;
}

/** What the rest of the service asks about disputes. */
export interface DisputesPort {
  of(device: string): readonly DisputedCard[];
}
