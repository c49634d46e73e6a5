import type { OfflineMessage, OfflineOpen, OfflineVerdict } from '../../protocol/messages/offline.js';
import type { OfflineEvent } from '../offline/events.js';
import { OfflineRunner } from '../offline/runner.js';
import { chainOf, perSecond } from './outage-verifier.js';
import { ScriptedSquarer } from './scripted-squarer.js';
import { ScriptedWalks } from './scripted-walks.js';

type Sent<T extends OfflineMessage['type']> = Extract<OfflineMessage, { type: T }>;

/** The seed of the table of card 0. */
export const table = '0a'.repeat(32);
export const tables = [[0, table]] as const;

/** An offline runner with a card that has its table, and with all that it sent and told. Its time is that of the timers. */
export function offlineAgent() {
  const sent: OfflineMessage[] = [];
  const events: OfflineEvent[] = [];
  const squarer = new ScriptedSquarer(perSecond);
  const walks = new ScriptedWalks();
  walks.tables.set(0, table);
  const runner = new OfflineRunner({
    squarer,
    walks,
    send: (message) => sent.push(message),
    events: (event) => events.push(event),
    clock: { now: () => Date.now(), monotonic: () => Date.now() },
  });
  const sentOf = <T extends OfflineMessage['type']>(type: T): Sent<T>[] =>
    sent.filter((message): message is Sent<T> => message.type === type);
  return {
    runner,
    squarer,
    walks,
    sent,
    events,
    reports: () => sentOf('offline.report'),
    reveals: () => sentOf('offline.reveal'),
    types: () => events.map(({ type }) => type),
  };
}

/** The verdict on the chain of a name. */
export const verdictOn = (name: string, code = 'offline.credited'): OfflineVerdict => ({
  type: 'offline.verdict',
  seed: chainOf(name, []).seed,
  outageMs: 1,
  code,
  cards: [],
});

/** Asks card 0 about the chain of a name. */
export const openOf = (name: string, openings = [{ link: 1, walker: 3 }]): OfflineOpen => ({
  type: 'offline.open',
  seed: chainOf(name, []).seed,
  card: 0,
  openings,
  withinMs: 30_000,
});
