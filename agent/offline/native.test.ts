import { afterAll, describe, expect, it } from 'vitest';
import { createSquarer } from '../../challenges/engines/squaring/squarer.js';
import { firstBase, keyOf } from '../../challenges/timelock/chain.js';
import { replayChain } from '../../challenges/timelock/replay.js';
import { Trapdoor } from '../../challenges/timelock/trapdoor.js';
import { fromHex, toBase64, toHex } from '../../protocol/bytes.js';
import { systemClock } from '../../protocol/clock.js';
import type { OfflineMessage } from '../../protocol/messages/offline.js';
import { chainOf, trialOf } from '../testing/outage-verifier.js';
import { ScriptedWalks, scriptedRoot } from '../testing/scripted-walks.js';
import type { OfflineEvent } from './events.js';
import { OfflineRunner } from './runner.js';

const squarings = 20_000;
const tables = [
  [1, '0a'.repeat(32)],
  [2, '0b'.repeat(32)],
] as const;

describe('with the true squarer', () => {
  const squarer = createSquarer();
  afterAll(() => squarer.close());

  it('a trial and an outage are what the trapdoor says', async () => {
    const trapdoor = Trapdoor.generate();
    const solve = trapdoor.power(squarings);
    const modulus = toBase64(trapdoor.modulus);
    const sent: OfflineMessage[] = [];
    const events: OfflineEvent[] = [];
    const walks = new ScriptedWalks();
    walks.walkMs = 1;
    for (const [card, tableSeed] of tables) walks.tables.set(card, tableSeed);
    const runner = new OfflineRunner({
      squarer,
      walks,
      send: (message) => sent.push(message),
      events: (event) => events.push(event),
      clock: systemClock,
    });

    runner.lineUp();
    const trial = { ...trialOf('a'), modulus, squarings };
    runner.handle(trial);
    await expect.poll(() => sent.length).toBe(1);
    const key = toHex(keyOf(solve(firstBase(fromHex(trial.seed)))));
    expect(sent[0]).toEqual({ type: 'offline.solved', seed: trial.seed, key });

    const chain = { ...chainOf('b', tables, 3), modulus, squarings };
    runner.handle(chain);
    runner.lineDown();
    await expect.poll(() => events.at(-1)).toEqual({ type: 'offline.link', link: 3, links: 3 });
    runner.lineUp();
    const report = sent[1];
    if (report?.type !== 'offline.report') throw new Error('no report came');

    // The roots of each link follow from the link before: the replay gives them one after the other.
    const seed = fromHex(chain.seed);
    const cards = tables.map(([card]) => card);
    const roots = new Map<number, Uint8Array[]>(cards.map((card) => [card, []]));
    for (let links = 1; links <= 3; links++) {
      for (const own of roots.values()) own.push(new Uint8Array(32));
      const replayed = replayChain(solve, { seed, cards, links }, roots);
      for (const [card, tableSeed] of tables) {
        roots.get(card)?.splice(-1, 1, scriptedRoot(tableSeed, replayed.walkSeed(links, card)));
      }
    }
    const replayed = replayChain(solve, { seed, cards, links: 3 }, roots);
    expect(report).toEqual({
      type: 'offline.report',
      token: chain.token,
      links: 3,
      key: toHex(replayed.key),
      cards: cards.map((card) => ({ card, tag: toHex(replayed.tags.get(card) as Uint8Array) })),
    });
    await runner.close();
  });
});
