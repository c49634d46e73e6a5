import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { SeedSource } from './seeds.js';
import { exam, openRoom, type Room, ready } from './testing/room-hall.js';

const named = (name: string) => createHash('sha256').update(name).digest('hex');

/** Seeds that say what they were asked for. */
const seeds: SeedSource = {
  table: (card, attempt) => named(`table ${card} ${attempt}`),
  go: (card, part, attempt) => named(`go ${card} ${part} ${attempt}`),
};

function armed(cards: number[]): Room {
  const hall = openRoom({ cards, seeds });
  hall.room.arm();
  for (const card of cards) hall.receive(ready(card));
  return hall;
}

describe('a go that is made ready before its instant', () => {
  it('gives each card the seed of its card, part and attempt, and nothing before it is let go', () => {
    const hall = armed([0, 3]);
    const release = hall.room.prepareGo();
    expect(hall.last('exam.go')).toBeUndefined();
    expect(hall.room.arming || hall.room.waits).toBe(false);
    release?.()();
    expect(hall.last('exam.go').cards).toEqual([
      { card: 0, part: 'compute', seed: named('go 0 compute 1'), withinMs: 60_000 },
      { card: 3, part: 'compute', seed: named('go 3 compute 1'), withinMs: 60_000 },
    ]);
    hall.room.close();
  });

  it('tells no seed to a card that has given up meanwhile', () => {
    const hall = armed([0, 1]);
    const release = hall.room.prepareGo();
    hall.receive({ type: 'exam.decline', exam, card: 0, part: 'compute', message: 'no' });
    release?.()();
    expect(hall.last('exam.go').cards.map(({ card }) => card)).toEqual([1]);
    hall.room.close();
  });

  it('tells no seed of an attempt that a broken line has ended, though the card is ready again', () => {
    const hall = armed([0]);
    const release = hall.room.prepareGo();
    hall.room.disconnected();
    hall.room.connected();
    hall.room.arm();
    hall.receive(ready(0));
    release?.()();
    expect(hall.last('exam.go')).toBeUndefined();
    hall.room.go();
    expect(hall.last('exam.go').cards[0]?.seed).toBe(named('go 0 compute 2'));
    hall.room.close();
  });

  it('is nothing where no card is ready', () => {
    const hall = openRoom({ cards: [0], seeds });
    expect(hall.room.prepareGo()).toBeNull();
    hall.room.arm();
    expect(hall.room.prepareGo()).toBeNull();
    hall.room.close();
  });
});
