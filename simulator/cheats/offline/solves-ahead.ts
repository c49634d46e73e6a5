import { OfflineRunner } from '../../../agent/offline/runner.js';
import type { OutageParts, OutageSide } from './agent.js';

/**
 * Solves its chain while it is online, with all walks, and is off as soon as the line is down.
 *
 * @param mayBeOld whether it stays with a chain of this age: in milliseconds
 */
export function solvesAhead(parts: OutageParts, mayBeOld: (ageMs: number) => boolean): OutageSide {
  const honest = new OfflineRunner(parts);
  let begunAt: number | null = null;
  return {
    handle(message) {
      if (message.type !== 'offline.chain') return honest.handle(message);
      const now = parts.clock.monotonic();
      if (begunAt !== null && mayBeOld(now - begunAt)) return;
      begunAt = now;
      // It tells itself that the line is down: on the newest chain, from its beginning.
      honest.lineHeard();
      honest.handle(message);
      honest.lineDown();
    },
    lineUp: () => honest.lineUp(),
    lineDown: () => honest.lineHeard(),
    close: () => honest.close(),
  };
}
