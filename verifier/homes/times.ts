/** How long things take between verifiers, milliseconds. */
export interface HomeTimes {
  /** A verifier of which nothing came for so long is dead: others may take its devices. */
  readonly deadMs: number;
  /** How often a verifier says that it lives. */
  readonly renewMs: number;
  /** A verifier that could not say it for `deadMs` less this stops acting by itself, before others may think it dead. */
  readonly marginMs: number;
  /** How long a device waits for its other home to let go. An agent gives up a handshake after 15 s. */
  readonly askMs: number;
  /** How long what works for a device may take to come to an end. */
  readonly leaveMs: number;
  /** How long a device that leaves waits for its facts to be in ClickHouse. */
  readonly shipMs: number;
  /** A device that is away for so long, and that nothing holds here, has no home any more. */
  readonly idleMs: number;
  /** After so long the facts that a dead verifier left in the stream are put on record by another. */
  readonly inheritMs: number;
  /** How often a verifier looks for news and for the dead where nobody tells it. */
  readonly lookMs: number;
}

export const homeTimes: HomeTimes = {
  deadMs: 10_000,
  renewMs: 2_500,
  marginMs: 2_000,
  askMs: 12_500,
  leaveMs: 10_000,
  shipMs: 5_000,
  idleMs: 10 * 60_000,
  inheritMs: 20_000,
  lookMs: 1_000,
};
