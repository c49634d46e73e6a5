import type { ProbeReasonCode, ProofCode } from '../../protocol/codes/table.js';
import type { ProbeMessage } from '../../protocol/messages/probe.js';
import type { WalkerOpening, WalkerReveal } from '../../protocol/messages/reveals.js';

/** How often the openings of one probe are asked for before silence is an answer. */
export const maxRevealAsks = 3;

/** What is known of the time up to a moment of a probe, beside how long it was. */
export interface Seen {
  /** Smallest round trip on the connection, milliseconds; null where there was none yet. */
  readonly roundTripMs: number | null;
  /** Longest standstill of our own since the order, milliseconds. */
  readonly lagMs: number;
  /** Round trip of the slowest ping since the order, or how long it has been on the way, milliseconds. */
  readonly pingMs: number;
}

/** How long a card took, or had been silent, on our clock. */
export interface Timing extends Seen {
  readonly elapsedMs: number;
}

/** What a card committed to. The openings are drawn once. */
export interface ProbeCommitment extends Timing {
  readonly roots: readonly string[];
  readonly openings: readonly WalkerOpening[];
}

/** What the device says with its reveal. */
export interface ProbeAnswer {
  readonly reveals: readonly WalkerReveal[];
  readonly load: number | null;
  readonly signature: string;
}

export type ProbeResult =
  /** The walkers were checked; the signature is right. */
  | {
      readonly kind: 'checked';
      readonly commitment: ProbeCommitment;
      readonly answer: ProbeAnswer;
      readonly right: number;
      readonly code: ProofCode | 'proof.complete';
    }
  /** The signature is wrong; nothing else was looked at. */
  | { readonly kind: 'unsigned'; readonly commitment: ProbeCommitment; readonly answer: ProbeAnswer }
  | {
      readonly kind: 'ended';
      readonly code: Extract<
        ProbeReasonCode,
        'probe.missed' | 'probe.no-table' | 'probe.unanswered' | 'probe.ours'
      >;
      readonly commitment: ProbeCommitment | null;
      /** Of a card that did not commit in its time; null else. */
      readonly silence: Timing | null;
    };

export type ProbePhase =
  | { readonly at: 'walking'; readonly orderedAt: number }
  | { readonly at: 'opening'; readonly commitment: ProbeCommitment; readonly asks: number }
  | { readonly at: 'checking'; readonly commitment: ProbeCommitment; readonly answer: ProbeAnswer }
  | { readonly at: 'done'; readonly result: ProbeResult };

/** One probe of one card, from its order on. */
export interface Probe {
  readonly rounds: number;
  readonly phase: ProbePhase;
}

export type ProbeEvent =
  /** A message about this very probe. `at` is when it came, monotonic milliseconds. */
  | { readonly type: 'message'; readonly message: ProbeMessage; readonly at: number; readonly seen: Seen }
  /** The time of the present step is over while the connection lives. */
  | { readonly type: 'deadline'; readonly at: number; readonly seen: Seen }
  | { readonly type: 'disconnected' }
  /** `unsigned`: the signature is wrong, and the walkers were not checked. */
  | { readonly type: 'checked'; readonly right: number; readonly code: ProofCode | 'proof.complete' }
  | { readonly type: 'unsigned' }
  /** Our own failure, or our end. */
  | { readonly type: 'ours' };

/** What follows from an event beside the new state. */
export interface ProbeStep {
  readonly probe: Probe;
  /** The message is refused with this code, and changed nothing. */
  readonly refused?: 'probe.out-of-order' | 'probe.wrong-roots';
  /** Ask for the openings (again). */
  readonly open?: true;
  /** Check the answer. */
  readonly check?: true;
}

/** @param orderedAt monotonic milliseconds */
export const newProbe = (rounds: number, orderedAt: number): Probe => ({
  rounds,
  phase: { at: 'walking', orderedAt },
});

/**
 * One probe as a pure step function: `walk → commit → open → reveal → result`. It never throws, whatever arrives, and reaches
 * its one result from every state by `deadline`, `disconnected` or `ours` alone, but for what is being checked.
 *
 * @param draw called once, for the commitment
 */
export function stepProbe(probe: Probe, event: ProbeEvent, draw: () => WalkerOpening[]): ProbeStep {
  const { phase } = probe;
  switch (event.type) {
    case 'message':
      return receive(probe, event, draw);
    case 'deadline':
      return runOut(probe, event);
    case 'disconnected':
      // What is checked needs nobody to be there.
      if (phase.at === 'walking') return { probe: end(probe, 'probe.unanswered', null) };
      return phase.at === 'opening' ? { probe: end(probe, 'probe.unanswered', phase.commitment) } : { probe };
    case 'checked': {
      if (phase.at !== 'checking') return { probe };
      const { commitment, answer } = phase;
      const { right, code } = event;
      return { probe: done(probe, { kind: 'checked', commitment, answer, right, code }) };
    }
    case 'unsigned': {
      if (phase.at !== 'checking') return { probe };
      const { commitment, answer } = phase;
      return { probe: done(probe, { kind: 'unsigned', commitment, answer }) };
    }
    case 'ours':
      if (phase.at === 'done') return { probe };
      return { probe: end(probe, 'probe.ours', phase.at === 'walking' ? null : phase.commitment) };
  }
}

function receive(
  probe: Probe,
  { message, at, seen }: Extract<ProbeEvent, { type: 'message' }>,
  draw: () => WalkerOpening[],
): ProbeStep {
  const { phase, rounds } = probe;
  switch (message.type) {
    case 'probe.commit': {
      if (phase.at !== 'walking') return { probe, refused: 'probe.out-of-order' };
      if (message.roots.length !== rounds) return { probe, refused: 'probe.wrong-roots' };
      const elapsedMs = at - phase.orderedAt;
      const commitment = { ...seen, elapsedMs, roots: message.roots, openings: draw() };
      return { probe: to(probe, { at: 'opening', commitment, asks: 1 }), open: true };
    }
    case 'probe.reveal': {
      if (phase.at !== 'opening') return { probe, refused: 'probe.out-of-order' };
      const { commitment } = phase;
      const { reveals, load, signature } = message;
      const answer = { reveals, load, signature };
      return { probe: to(probe, { at: 'checking', commitment, answer }), check: true };
    }
    case 'probe.decline': {
      const code = message.reason === 'no-table' ? 'probe.no-table' : 'probe.missed';
      if (phase.at === 'walking') return { probe: end(probe, code, null) };
      // It has walked: that the table is gone since then is no reason not to show what it committed to.
      if (phase.at === 'opening') return { probe: end(probe, 'probe.missed', phase.commitment) };
      return { probe, refused: 'probe.out-of-order' };
    }
  }
}

function runOut(probe: Probe, { at, seen }: Extract<ProbeEvent, { type: 'deadline' }>): ProbeStep {
  const { phase } = probe;
  if (phase.at === 'walking') {
    return { probe: end(probe, 'probe.missed', null, { ...seen, elapsedMs: at - phase.orderedAt }) };
  }
  if (phase.at !== 'opening') return { probe };
  if (phase.asks >= maxRevealAsks) return { probe: end(probe, 'probe.missed', phase.commitment) };
  return { probe: to(probe, { ...phase, asks: phase.asks + 1 }), open: true };
}

const to = (probe: Probe, phase: ProbePhase): Probe => ({ ...probe, phase });

const done = (probe: Probe, result: ProbeResult): Probe => to(probe, { at: 'done', result });

const end = (
  probe: Probe,
  code: Extract<ProbeResult, { kind: 'ended' }>['code'],
  commitment: ProbeCommitment | null,
  silence: Timing | null = null,
): Probe => done(probe, { kind: 'ended', code, commitment, silence });
