import { OfflineRunner } from '../../../agent/offline/runner.js';
import type { RandomBytes } from '../../../protocol/clock.js';
import type { OfflineChain } from '../../../protocol/messages/offline.js';
import type { OutageParts, OutageSide } from './agent.js';
import { MadeUpLinks } from './made-up-links.js';

/**
 * Was off in the outage, and says afterwards that it solved so many links of the chain that it had, each with a walk. For lack of
 * any solution all of it is made up.
 */
export function wasOff(parts: OutageParts, links: number, random: RandomBytes): OutageSide {
  const { send, events } = parts;
  // For trials: who has no rate is given no chain.
  const honest = new OfflineRunner(parts);
  let chain: OfflineChain | null = null;
  let claimed: MadeUpLinks | null = null;
  return {
    handle(message) {
      if (message.type === 'offline.trial') honest.handle(message);
      if (message.type === 'offline.chain') chain = message;
      if (message.type === 'offline.open' && claimed) send(claimed.reveal(message));
      if (message.type === 'offline.verdict') events(message);
    },
    lineUp() {
      honest.lineUp();
      if (chain === null) return;
      const made = () => Array.from({ length: links }, () => random(32));
      claimed = new MadeUpLinks(chain, random(32), new Map(chain.cards.map(({ card }) => [card, made()])));
      send(claimed.report());
    },
    lineDown() {},
    close: () => honest.close(),
  };
}
