/** The three numbers that a reputation is made of, each 0 to 1. Always shown with it. */
export interface ReputationParts {
  readonly integrity: number;
  /** The lower bound, not the share. */
  readonly availabilityLow: number;
  /** 0 before the first proven rate. */
  readonly performance: number;
}

/** 0 to 100. A product, so that no part makes up for another: a fast card that lies is worth nothing. */
export const reputation = ({ integrity, availabilityLow, performance }: ReputationParts): number =>
  100 * integrity * availabilityLow * performance;
