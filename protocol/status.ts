import { type Static, Type } from 'typebox';

/** Where a device stands; the arrows between are in `verifier/devices/transitions.ts`. */
export const DeviceStatus = Type.Union([
  Type.Literal('enrolled'),
  Type.Literal('examining'),
  Type.Literal('verified'),
  Type.Literal('suspended'),
  Type.Literal('rejected'),
  Type.Literal('quarantined'),
  Type.Literal('retired'),
]);
export type DeviceStatus = Static<typeof DeviceStatus>;

const outcome = () =>
  Type.Union([
    Type.Literal('passed'),
    Type.Literal('failed'),
    Type.Literal('unanswered'),
    Type.Literal('ours'),
  ]);

/**
 * How an exam of one card ended. Only `passed` and `failed` count for integrity:
 * `unanswered` is a line that broke, `ours` is our own fault.
 */
export const ExamOutcome = outcome();
export type ExamOutcome = Static<typeof ExamOutcome>;

/** How a probe ended, in the same words. Only `passed` proves, and only `failed` is the card's fault. */
export const ProbeOutcome = outcome();
export type ProbeOutcome = Static<typeof ProbeOutcome>;

/** One line of a verdict: what was measured, what is required, and what to do. */
export const Check = Type.Object({
  check: Type.String({ description: 'Such as compute.rate' }),
  measured: Type.Union([Type.Number(), Type.Null()], { description: 'null where nothing could be measured' }),
  required: Type.Union([Type.Number(), Type.Null()], { description: 'null where any value passes' }),
  relation: Type.Union([Type.Literal('at least'), Type.Literal('at most'), Type.Literal('exactly')]),
  unit: Type.String(),
  verdict: Type.Union([Type.Literal('pass'), Type.Literal('fail'), Type.Literal('not judged')]),
  code: Type.String({ description: 'A reason code' }),
  fix: Type.String({ description: 'What to do' }),
});
export type Check = Static<typeof Check>;
