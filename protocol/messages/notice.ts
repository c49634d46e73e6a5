import { type Static, Type } from 'typebox';
import { FreeText } from '../text.js';

/** Agents older than `oldest` are turned away from then on. Told when one connects, and when it is announced. */
export const VersionNotice = Type.Object({
  type: Type.Literal('agent.oldest'),
  oldest: FreeText(32),
  /** Milliseconds until then; 0 where it is so already. */
  inMs: Type.Integer({ minimum: 0 }),
});
export type VersionNotice = Static<typeof VersionNotice>;
