import { OfflineRunner } from '../../../agent/offline/runner.js';
import { fromBase64, fromHex } from '../../../protocol/bytes.js';
import type { OfflineChain, OfflineReport, OfflineReveal } from '../../../protocol/messages/offline.js';
import type { OutageParts, OutageSide } from './agent.js';
import { MadeUpLinks } from './made-up-links.js';

/** Two devices of one owner. */
export interface ChainPair {
  /** Solves its chain, and lets the other one listen. */
  readonly solver: (parts: OutageParts) => OutageSide;
  /** Has solved nothing: reports the other's chain as it is, and then the other's links as those of its own chain. */
  readonly taker: (parts: OutageParts) => OutageSide;
}

/** One chain is solved, for two devices. */
export function sharesChain(): ChainPair {
  let reported: (report: OfflineReport) => void = () => {};
  let revealed: (reveal: OfflineReveal) => void = () => {};
  return {
    solver: (parts) =>
      new OfflineRunner({
        ...parts,
        send: (message) => {
          parts.send(message);
          if (message.type === 'offline.report') reported(message);
          if (message.type === 'offline.reveal') revealed(message);
        },
      }),
    taker(parts) {
      const { send, events } = parts;
      // For trials: who has no rate is given no chain.
      const honest = new OfflineRunner(parts);
      let own: OfflineChain | null = null;
      /** What waits for its line. */
      let waiting: OfflineReport[] | null = null;
      const say = (report: OfflineReport) => (waiting ? waiting.push(report) : send(report));
      let key: Uint8Array | null = null;
      let taken: MadeUpLinks | null = null;
      reported = (report) => {
        key = fromHex(report.key);
        say(report);
      };
      revealed = ({ card, roots: text }) => {
        const bytes = fromBase64(text);
        if (own === null || key === null || bytes === null) return;
        const roots = Array.from({ length: bytes.length / 32 }, (_, at) =>
          bytes.subarray(32 * at, 32 * at + 32),
        );
        taken = new MadeUpLinks(own, key, new Map([[card, roots]]));
        say(taken.report());
      };
      return {
        handle(message) {
          if (message.type === 'offline.trial') honest.handle(message);
          // The one of the outage, not of what comes after it.
          if (message.type === 'offline.chain' && key === null) own = message;
          if (message.type === 'offline.open' && taken) send(taken.reveal(message));
          if (message.type === 'offline.verdict') events(message);
        },
        lineUp() {
          honest.lineUp();
          for (const report of waiting ?? []) send(report);
          waiting = null;
        },
        lineDown() {
          waiting ??= [];
        },
        close: () => honest.close(),
      };
    },
  };
}
