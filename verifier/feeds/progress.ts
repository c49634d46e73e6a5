import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { HotState } from '../state/state.js';

const Progress = Type.Object({
  /** Everything up to it was taken, or is not for this webhook. */
  cursor: Type.String(),
  /** Since when nothing is taken, milliseconds since 1970 UTC; null while all is well. */
  failingSince: Type.Union([Type.Integer(), Type.Null()]),
  /** Tries of the change that is next. */
  attempts: Type.Integer(),
  /** What the receiver said last; empty where it took it. */
  said: Type.String(),
});
export type Progress = Static<typeof Progress>;

const schema = Compile(Progress);
/** Longer than a webhook fails until it is given up. */
const ttlMs = 7 * 24 * 3600_000;
const keyOf = (webhook: string) => `webhook/${webhook}`;

/** How a webhook stands, for whichever verifier delivers next; null where the hot state has forgotten it. */
export async function readProgress(state: Pick<HotState, 'get'>, webhook: string): Promise<Progress | null> {
  const text = await state.get(keyOf(webhook));
  const progress: unknown = text === null ? null : JSON.parse(text);
  return schema.Check(progress) ? progress : null;
}

export const writeProgress = (
  state: Pick<HotState, 'put'>,
  webhook: string,
  progress: Progress,
): Promise<void> => state.put(keyOf(webhook), JSON.stringify(progress), ttlMs);
