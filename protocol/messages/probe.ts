import { type Static, Type } from 'typebox';
import { Hex32, ProbeId, Signature, TranscriptId } from '../ids.js';
import { limits } from '../limits.js';
import { ProbeOutcome } from '../status.js';
import { CardIndex } from './cards.js';
import { WalkerOpening, WalkerReveal } from './reveals.js';

// A probe is a short walk on the table that a card keeps (docs/protocol.md section 4).

const Milliseconds = Type.Integer({ minimum: 0, maximum: 3600_000 });

/**
 * Verifier → agent: walk `rounds` rounds on the table of `tableSeed`, now. The clock starts. Answer `probe.commit` within
 * `withinMs`, or `probe.decline`. `index` and `previous` say where in the transcript this probe stands.
 */
export const ProbeWalk = Type.Object({
  type: Type.Literal('probe.walk'),
  probe: ProbeId,
  card: CardIndex,
  tableSeed: Hex32,
  rounds: Type.Integer({ minimum: 1, maximum: limits.rounds }),
  seed: Hex32,
  withinMs: Milliseconds,
  transcript: TranscriptId,
  index: Type.Integer({ minimum: 1, maximum: 2 ** 32 - 1 }),
  previous: Hex32,
});
export type ProbeWalk = Static<typeof ProbeWalk>;

/** Verifier → agent: show these walkers. Answer `probe.reveal` within `withinMs`. */
export const ProbeOpen = Type.Object({
  type: Type.Literal('probe.open'),
  probe: ProbeId,
  card: CardIndex,
  withinMs: Milliseconds,
  openings: Type.Array(WalkerOpening, { maxItems: limits.probeOpenings }),
});
export type ProbeOpen = Static<typeof ProbeOpen>;

/** Verifier → agent: how it went. `code` is a reason code; times in milliseconds on the verifier's clock. */
export const ProbeVerdict = Type.Object({
  type: Type.Literal('probe.verdict'),
  probe: ProbeId,
  card: CardIndex,
  outcome: ProbeOutcome,
  code: Type.String(),
  elapsedMs: Type.Union([Type.Number(), Type.Null()]),
  deadlineMs: Type.Number(),
});
export type ProbeVerdict = Static<typeof ProbeVerdict>;

/** Agent → verifier: one root for each round. */
export const ProbeCommit = Type.Object(
  {
    type: Type.Literal('probe.commit'),
    probe: ProbeId,
    card: CardIndex,
    roots: Type.Array(Hex32, { maxItems: limits.rounds }),
  },
  { additionalProperties: false },
);

/**
 * Agent → verifier: what was asked for; how busy the host says that the card is with its tenant's work, 0 to 1; and the
 * device's signature over `signingBytes('transcript', { device, card, transcript, index, tag })`.
 */
export const ProbeReveal = Type.Object(
  {
    type: Type.Literal('probe.reveal'),
    probe: ProbeId,
    card: CardIndex,
    reveals: Type.Array(WalkerReveal, { maxItems: limits.probeOpenings }),
    load: Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()]),
    signature: Signature,
  },
  { additionalProperties: false },
);

/** Agent → verifier: the table is not there, or its engine failed. `message` is for the log. */
export const ProbeDecline = Type.Object(
  {
    type: Type.Literal('probe.decline'),
    probe: ProbeId,
    card: CardIndex,
    reason: Type.Union([Type.Literal('no-table'), Type.Literal('engine')]),
    message: Type.String({ maxLength: 1024 }),
  },
  { additionalProperties: false },
);

export const ProbeMessage = Type.Union([ProbeCommit, ProbeReveal, ProbeDecline]);
export type ProbeMessage = Static<typeof ProbeMessage>;
