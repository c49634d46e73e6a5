import { type Static, Type } from 'typebox';
import { ExamId, Hex32 } from '../ids.js';
import { limits } from '../limits.js';
import { ComputeShape, MemoryShape } from '../shapes.js';
import { Check, DeviceStatus, ExamOutcome } from '../status.js';
import { EngineName } from '../text.js';
import { CardIndex } from './cards.js';
import { Opening, Reveal, WalkerOpening, WalkerReveal } from './reveals.js';

const Milliseconds = Type.Integer({ minimum: 0, maximum: 24 * 3600_000 });
/**
 * The parts of a card's exam, one after the other, each by the same steps: arm, ready, go, commit, open, reveal. To be
 * armed for `memory` is to build the table, and its `go` is the walk.
 */
export const ExamPart = Type.Union([Type.Literal('compute'), Type.Literal('memory')]);
export type ExamPart = Static<typeof ExamPart>;

// ---- verifier → agent ----

/** What one card is to get ready for. */
export const ArmedCard = Type.Union([
  Type.Object({
    card: CardIndex,
    part: Type.Literal('compute'),
    withinMs: Milliseconds,
    shape: ComputeShape,
  }),
  Type.Object({
    card: CardIndex,
    part: Type.Literal('memory'),
    withinMs: Milliseconds,
    shape: MemoryShape,
    tableSeed: Hex32,
  }),
]);
export type ArmedCard = Static<typeof ArmedCard>;

/**
 * Get ready: compile, allocate, warm up; for `memory`, build the table of `tableSeed`. Answer `exam.ready` or
 * `exam.decline` within the card's `withinMs`.
 */
export const ExamArm = Type.Object({
  type: Type.Literal('exam.arm'),
  exam: ExamId,
  attempt: Type.Integer({ minimum: 1, maximum: 3 }),
  cards: Type.Array(ArmedCard),
});

/** The clock starts. Each card has a seed of its own, for `memory` its walk seed. Answer `exam.commit` within `withinMs`. */
export const ExamGo = Type.Object({
  type: Type.Literal('exam.go'),
  exam: ExamId,
  cards: Type.Array(Type.Object({ card: CardIndex, part: ExamPart, seed: Hex32, withinMs: Milliseconds })),
});

/** Show these pages, or walkers. Answer `exam.reveal` within `withinMs`. */
export const ExamOpen = Type.Union([
  Type.Object({
    type: Type.Literal('exam.open'),
    exam: ExamId,
    card: CardIndex,
    part: Type.Literal('compute'),
    withinMs: Milliseconds,
    openings: Type.Array(Opening, { maxItems: limits.openings }),
  }),
  Type.Object({
    type: Type.Literal('exam.open'),
    exam: ExamId,
    card: CardIndex,
    part: Type.Literal('memory'),
    withinMs: Milliseconds,
    openings: Type.Array(WalkerOpening, { maxItems: limits.openings }),
  }),
]);
export type ExamOpen = Static<typeof ExamOpen>;

/** How it went, with every check. */
export const ExamVerdict = Type.Object({
  type: Type.Literal('exam.verdict'),
  exam: ExamId,
  card: CardIndex,
  outcome: ExamOutcome,
  reasons: Type.Array(Type.String()),
  class: Type.Union([Type.String(), Type.Null()]),
  checks: Type.Array(Check),
});

/** Sent once after connecting, and whenever the status changes. */
export const StatusMessage = Type.Object({
  type: Type.Literal('status'),
  status: DeviceStatus,
  reasons: Type.Array(Type.String()),
  nextExamInMs: Type.Union([Milliseconds, Type.Null()], {
    description: 'At the latest; null when none is planned',
  }),
});

/** A message was refused. Nothing else changed. */
export const ErrorMessage = Type.Object({
  type: Type.Literal('error'),
  code: Type.String(),
  title: Type.String(),
  detail: Type.String(),
  fix: Type.String(),
  exam: Type.Optional(ExamId),
  card: Type.Optional(CardIndex),
});

// ---- agent → verifier ----

export const ExamReady = Type.Object(
  { type: Type.Literal('exam.ready'), exam: ExamId, card: CardIndex, part: ExamPart, engine: EngineName },
  { additionalProperties: false },
);

/** The card's engine cannot run this, or lost it (a restart). `message` is for the log. */
export const ExamDecline = Type.Object(
  {
    type: Type.Literal('exam.decline'),
    exam: ExamId,
    card: CardIndex,
    part: ExamPart,
    message: Type.String({ maxLength: 1024 }),
  },
  { additionalProperties: false },
);

/** `seed` says which question this answers; `roots` has one root for each round. */
export const ExamCommit = Type.Object(
  {
    type: Type.Literal('exam.commit'),
    exam: ExamId,
    card: CardIndex,
    part: ExamPart,
    seed: Hex32,
    roots: Type.Array(Hex32, { maxItems: limits.rounds }),
  },
  { additionalProperties: false },
);

export const ExamReveal = Type.Union([
  Type.Object(
    {
      type: Type.Literal('exam.reveal'),
      exam: ExamId,
      card: CardIndex,
      part: Type.Literal('compute'),
      reveals: Type.Array(Reveal, { maxItems: limits.openings }),
    },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      type: Type.Literal('exam.reveal'),
      exam: ExamId,
      card: CardIndex,
      part: Type.Literal('memory'),
      reveals: Type.Array(WalkerReveal, { maxItems: limits.openings }),
    },
    { additionalProperties: false },
  ),
]);
export type ExamReveal = Static<typeof ExamReveal>;

/** What a device says of one card in an exam. */
export const CardMessage = Type.Union([ExamReady, ExamDecline, ExamCommit, ExamReveal]);
export type CardMessage = Static<typeof CardMessage>;
