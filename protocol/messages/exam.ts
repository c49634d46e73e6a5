import { type Static, Type } from 'typebox';
import { ExamId, Hex32 } from '../ids.js';
import { limits } from '../limits.js';
import { ComputeShape } from '../shapes.js';
import { Check, DeviceStatus, ExamOutcome } from '../status.js';
import { EngineName } from '../text.js';
import { CardIndex } from './cards.js';

const Milliseconds = Type.Integer({ minimum: 0, maximum: 24 * 3600_000 });
const Round = Type.Integer({ minimum: 0, maximum: limits.rounds - 1 });
const Page = Type.Integer({ minimum: 0, maximum: limits.pages - 1 });

export const Opening = Type.Object({ round: Round, page: Page }, { additionalProperties: false });
export type Opening = Static<typeof Opening>;

/** A revealed leaf (hexadecimal; 1,024 bytes, checked by the proof code) and its Merkle path, leaf upwards. */
export const Reveal = Type.Object(
  {
    round: Round,
    page: Page,
    leaf: Type.String({ pattern: '^(?:[0-9a-f]{2})*$', maxLength: 4096 }),
    path: Type.Array(Hex32, { maxItems: limits.pathLength }),
  },
  { additionalProperties: false },
);
export type Reveal = Static<typeof Reveal>;

// ---- verifier → agent ----

/** Get ready: compile, allocate, warm up. Answer `exam.ready` or `exam.decline` within `withinMs`. */
export const ExamArm = Type.Object({
  type: Type.Literal('exam.arm'),
  exam: ExamId,
  attempt: Type.Integer({ minimum: 1, maximum: 3 }),
  withinMs: Milliseconds,
  cards: Type.Array(Type.Object({ card: CardIndex, kind: Type.Literal('compute'), shape: ComputeShape })),
});

/** The clock starts. Each card has a seed of its own. Answer `exam.commit` within `withinMs`. */
export const ExamGo = Type.Object({
  type: Type.Literal('exam.go'),
  exam: ExamId,
  cards: Type.Array(Type.Object({ card: CardIndex, seed: Hex32, withinMs: Milliseconds })),
});

/** Show these pages. Answer `exam.reveal` within `withinMs`. */
export const ExamOpen = Type.Object({
  type: Type.Literal('exam.open'),
  exam: ExamId,
  card: CardIndex,
  withinMs: Milliseconds,
  openings: Type.Array(Opening, { maxItems: limits.openings }),
});

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

export const VerifierMessage = Type.Union([
  ExamArm,
  ExamGo,
  ExamOpen,
  ExamVerdict,
  StatusMessage,
  ErrorMessage,
]);
export type VerifierMessage = Static<typeof VerifierMessage>;

// ---- agent → verifier ----

export const ExamReady = Type.Object(
  { type: Type.Literal('exam.ready'), exam: ExamId, card: CardIndex, engine: EngineName },
  { additionalProperties: false },
);

/** The card's engine cannot run this, or lost it (a restart). `message` is for the log. */
export const ExamDecline = Type.Object(
  {
    type: Type.Literal('exam.decline'),
    exam: ExamId,
    card: CardIndex,
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
    seed: Hex32,
    roots: Type.Array(Hex32, { maxItems: limits.rounds }),
  },
  { additionalProperties: false },
);

export const ExamReveal = Type.Object(
  {
    type: Type.Literal('exam.reveal'),
    exam: ExamId,
    card: CardIndex,
    reveals: Type.Array(Reveal, { maxItems: limits.openings }),
  },
  { additionalProperties: false },
);

export const AgentMessage = Type.Union([ExamReady, ExamDecline, ExamCommit, ExamReveal]);
export type AgentMessage = Static<typeof AgentMessage>;
export type AgentMessageType = AgentMessage['type'];
