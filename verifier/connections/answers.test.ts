import { afterEach, expect, it } from 'vitest';
import WebSocket from 'ws';
import { limits } from '../../protocol/limits.js';
import { exam, Lines } from '../network/testing/lines.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

it('takes the commits of as many cards as there can be at one instant, however many rounds they have', async () => {
  const lines = await Lines.open();
  ends.push(() => lines.close());
  const socket = new WebSocket(lines.url('one'));
  ends.push(() => socket.terminate());
  await lines.until(() => lines.hub.get('one') !== undefined);
  const cards = Array.from({ length: limits.cards }, (_, card) => card);
  const seed = 'a'.repeat(64);
  const about = { part: 'memory', seed } as const;
  const asked = new Promise((resolve) => socket.once('message', resolve));
  const go = cards.map((card) => ({ card, ...about, withinMs: 1_000 }));
  lines.hub.send('one', { type: 'exam.go', exam, cards: go });
  await asked;
  const roots = Array<string>(limits.rounds).fill(seed);
  for (const card of cards) socket.send(JSON.stringify({ type: 'exam.commit', exam, card, ...about, roots }));
  await lines.until(() => lines.received.length === cards.length || lines.refused.length > 0);
  expect(lines.refused).toEqual([]);
});
