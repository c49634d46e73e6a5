import { type Static, Type } from 'typebox';
import { SessionToken } from '../ids.js';
import { FreeText } from '../text.js';

/** Agents older than `oldest` are turned away from then on. Told when one connects, and when it is announced. */
export const VersionNotice = Type.Object({
  type: Type.Literal('agent.oldest'),
  oldest: FreeText(32),
  /** Milliseconds until then; 0 where it is so already. */
  inMs: Type.Integer({ minimum: 0 }),
});
export type VersionNotice = Static<typeof VersionNotice>;

/** The session for the next line: the one that opened this line is used up. The first word on each. */
export const SessionNotice = Type.Object({ type: Type.Literal('session'), token: SessionToken });
export type SessionNotice = Static<typeof SessionNotice>;
