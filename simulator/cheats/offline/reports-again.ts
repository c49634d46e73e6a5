import { OfflineRunner } from '../../../agent/offline/runner.js';
import type { OfflineReport } from '../../../protocol/messages/offline.js';
import type { OutageParts, OutageSide } from './agent.js';

/** Sends its first report twice at once, and once more after each later outage, in which it is off. */
export function reportsAgain(parts: OutageParts): OutageSide {
  let first: OfflineReport | null = null;
  const honest = new OfflineRunner({
    ...parts,
    send(message) {
      parts.send(message);
      if (message.type !== 'offline.report') return;
      first ??= message;
      parts.send(message);
    },
  });
  return {
    handle: (message) => honest.handle(message),
    lineUp() {
      if (first === null) return honest.lineUp();
      honest.lineHeard();
      parts.send(first);
    },
    lineDown: () => first === null && honest.lineDown(),
    close: () => honest.close(),
  };
}
