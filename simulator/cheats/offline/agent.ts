import { setTimeout as sleep } from 'node:timers/promises';
import { VerifierApi } from '../../../agent/connection/api.js';
import { openSocket } from '../../../agent/connection/socket.js';
import type { SupplierOptions } from '../../../agent/connection/supplier.js';
import { ExamRunner } from '../../../agent/exam/runner.js';
import type { OfflineRunner, OfflineRunnerOptions } from '../../../agent/offline/runner.js';
import { systemClock } from '../../../protocol/clock.js';
import type { AgentMessage, VerifierMessage } from '../../../protocol/messages/wire.js';
import { enrolAndOpen } from '../session.js';

const pauseMs = 50;

/** What a device does about outages; the agent's own `OfflineRunner` is one. */
export type OutageSide = Pick<OfflineRunner, 'handle' | 'lineUp' | 'lineDown' | 'close'>;

/** What it does it with. */
export type OutageParts = OfflineRunnerOptions;

/** What the verifier says of outages. */
export type OutageQuestion = Parameters<OutageSide['handle']>[0];

/** An agent that is honest in all but its outages. Needs a squarer. */
export function cheatsOutages(make: (parts: OutageParts) => OutageSide) {
  return async (options: SupplierOptions): Promise<void> => {
    const { signal, squarer, cards, identity, events } = options;
    if (squarer === undefined) throw new RangeError('a cheat of outages has a squarer');
    let sendNow: (message: AgentMessage) => void = () => {};
    const send = (message: AgentMessage): void => sendNow(message);
    const walks = new ExamRunner({ provers: cards.map(({ prover }) => prover), send, events, identity });
    const side = make({ squarer, walks, send, events, clock: systemClock });
    const converse = async () => {
      const api = new VerifierApi(options.verifier);
      const socket = openSocket({
        url: api.socketUrl,
        token: await enrolAndOpen(api, options),
        signal,
        onOpen: () => side.lineUp(),
        onUnknown: () => {},
        onMessage: (message) => {
          if (message.type === 'error') events({ ...message, type: 'connection.refused' });
          else if (isAboutOutages(message)) side.handle(message);
          else walks.handle(message);
        },
      });
      sendNow = (message) => socket.send(message);
      await socket.ended;
      side.lineDown();
    };
    while (!signal.aborted) {
      // No line, a busy verifier: it only has to try again.
      await converse().catch(() => {});
      await sleep(pauseMs, undefined, { signal }).catch(() => {});
    }
    await side.close();
  };
}

const isAboutOutages = (message: VerifierMessage): message is OutageQuestion =>
  message.type.startsWith('offline.');
