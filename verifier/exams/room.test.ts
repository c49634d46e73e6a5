import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { TouchstoneError } from '../../protocol/error.js';
import type { Seen } from './part-exam.js';
import type { RoomOptions } from './room.js';
import {
  checkProof,
  commit,
  exam,
  openRoom,
  type Room,
  ready,
  reveal,
  shape,
  toGo,
} from './testing/room-hall.js';

async function resultOf({ results }: Room) {
  await vi.waitFor(() => expect(results()).toBeDefined(), { interval: 1, timeout: 60_000 });
  return results()?.get(0)?.compute.result;
}

/** A device of several cards that have all committed and revealed. */
async function answered(cards: number[], check: RoomOptions['check']): Promise<Room> {
  const hall = openRoom({ cards, check });
  hall.room.arm();
  for (const card of cards) hall.receive(ready(card));
  hall.room.go();
  for (const card of cards) expect(hall.receive({ ...commit(), card })).toBeNull();
  for (const card of cards) expect(hall.receive(reveal(hall, card))).toBeNull();
  return hall;
}

/** Any change to a JSON value somewhere inside: another string, number, list or type. */
const changes = fc.record({
  at: fc.nat(),
  how: fc.constantFrom('flip', 'drop', 'double', 'swap', 'junk'),
  junk: fc.jsonValue(),
});

function mutate(value: unknown, change: { at: number; how: string; junk: unknown }): unknown {
  const places: { parent: Record<string, unknown> | unknown[]; key: string }[] = [];
  const copy = structuredClone({ root: value });
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, child] of Object.entries(node)) {
      places.push({ parent: node as Record<string, unknown>, key });
      visit(child);
    }
  };
  visit(copy);
  const place = places[change.at % places.length];
  if (place === undefined) return copy.root;
  const parent = place.parent as Record<string, unknown>;
  const old = parent[place.key];
  if (change.how === 'flip' && typeof old === 'string' && old.length > 0) {
    const i = change.at % old.length;
    parent[place.key] = `${old.slice(0, i)}${old[i] === '0' ? '1' : '0'}${old.slice(i + 1)}`;
  } else if (change.how === 'flip' && typeof old === 'number') parent[place.key] = old + 1;
  else if (change.how === 'drop' && Array.isArray(parent)) parent.splice(Number(place.key), 1);
  else if (change.how === 'drop') delete parent[place.key];
  else if (change.how === 'double' && Array.isArray(parent)) parent.splice(Number(place.key), 0, old);
  else if (change.how === 'swap' && Array.isArray(parent)) parent.reverse();
  else parent[place.key] = change.junk;
  return copy.root;
}

describe('the exam room', () => {
  it('passes an honest proof', async () => {
    const hall = toGo();
    expect(hall.receive(commit())).toBeNull();
    expect(hall.receive(reveal(hall))).toBeNull();
    expect(await resultOf(hall)).toMatchObject({ kind: 'checked', right: 8, code: 'proof.complete' });
  });

  it('never passes a proof with anything changed, and never throws', async () => {
    await fc.assert(
      fc.asyncProperty(changes, fc.boolean(), async (change, inCommit) => {
        const hall = toGo();
        const sentCommit = inCommit ? mutate(commit(), change) : commit();
        if (hall.receive(sentCommit) !== null) {
          expect(hall.results()).toBeUndefined();
          return;
        }
        const sentReveal = inCommit ? reveal(hall) : mutate(reveal(hall), change);
        if (hall.receive(sentReveal) !== null) {
          expect(hall.results()).toBeUndefined();
          return;
        }
        // Some changes change nothing, as turning a list of one around; those are honest.
        const sent = JSON.stringify([sentCommit, sentReveal]);
        const untouched = sent === JSON.stringify([commit(), reveal(hall)]);
        const result = await resultOf(hall);
        expect(result?.kind === 'checked' && result.code === 'proof.complete').toBe(untouched);
      }),
      { numRuns: 300 },
    );
  });

  it('stays as it is under random messages', async () => {
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.record({
        type: fc.constantFrom('exam.ready', 'exam.commit', 'exam.reveal', 'exam.decline', 'exam.go', 'x'),
        exam: fc.constantFrom(exam, 'ex_1'),
        card: fc.oneof(fc.integer(), fc.constant(0)),
        part: fc.constantFrom('compute', 'memory', 'none'),
        seed: fc.oneof(fc.string(), fc.constant('00'.repeat(32))),
        roots: fc.array(fc.constant('00'.repeat(32)), { maxLength: 4 }),
        reveals: fc.array(fc.jsonValue(), { maxLength: 4 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(anything, { maxLength: 20 }), async (messages) => {
        const hall = toGo();
        for (const message of messages) expect(hall.receive(message)).not.toBeNull();
        expect(hall.results()).toBeUndefined();
        hall.room.close();
      }),
    );
  });

  it('gives each card of a device a seed of its own, at once', () => {
    const hall = openRoom({ cards: [0, 1, 2], random: (length) => new Uint8Array(randomBytes(length)) });
    hall.room.arm();
    for (const card of [0, 1, 2]) hall.receive(ready(card));
    hall.room.go();
    const gone = hall.sent.filter(({ type }) => type === 'exam.go');
    expect(gone).toHaveLength(1);
    expect(new Set(hall.last('exam.go').cards.map(({ seed }) => seed)).size).toBe(3);
    hall.room.close();
  });

  it('asks again when time runs out, and ends a card that stays silent', async () => {
    vi.useFakeTimers();
    try {
      const hall = openRoom();
      for (let attempt = 1; attempt <= 3; attempt += 1) {
        expect(hall.room.waits).toBe(true);
        hall.room.arm();
        expect(hall.last('exam.arm')).toMatchObject({ attempt, cards: [{ card: 0, shape }] });
        hall.receive(ready());
        hall.room.go();
        vi.advanceTimersByTime(60_001);
      }
      await vi.advanceTimersByTimeAsync(1);
      expect(hall.results()?.get(0)?.compute.result).toMatchObject({
        outcome: 'failed',
        reason: 'exam.silent',
      });
    } finally {
      vi.useRealTimers();
    }
  });

  it('keeps an answer that cannot be checked now, and checks it later', async () => {
    vi.useFakeTimers();
    try {
      let full = 3;
      const hall = toGo({
        check: (...job) => (full-- > 0 ? Promise.reject(new Error('the queue is full')) : checkProof(...job)),
      });
      hall.receive(commit());
      hall.receive(reveal(hall));
      await vi.advanceTimersByTimeAsync(1);
      // It has answered: whether it stays is its own affair.
      hall.room.disconnected();
      await vi.advanceTimersByTimeAsync(60_000);
      expect(hall.results()?.get(0)?.compute.result).toMatchObject({
        kind: 'checked',
        code: 'proof.complete',
      });
      expect(hall.sent.filter(({ type }) => type === 'exam.open')).toHaveLength(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('waits for minutes where others stand before it in the queue, and asks nothing again', async () => {
    vi.useFakeTimers();
    try {
      const until = Date.now() + 10 * 60_000;
      const full = () => Promise.reject(new TouchstoneError('queue.full'));
      const hall = toGo({ check: (...job) => (Date.now() < until ? full() : checkProof(...job)) });
      hall.receive(commit());
      hall.receive(reveal(hall));
      await vi.advanceTimersByTimeAsync(9 * 60_000);
      expect(hall.results()).toBeUndefined();
      await vi.advanceTimersByTimeAsync(2 * 60_000);
      expect(hall.results()?.get(0)?.compute.result).toMatchObject({ code: 'proof.complete' });
    } finally {
      vi.useRealTimers();
    }
  });

  it('has one proof of a device checked at a time, however many cards it claims', async () => {
    let [under, most] = [0, 0];
    const hall = await answered([0, 1, 2, 3], async () => {
      under += 1;
      most = Math.max(most, under);
      await Promise.resolve();
      under -= 1;
      return { right: 8, code: 'proof.complete' };
    });
    await resultOf(hall);
    expect(most).toBe(1);
    expect(hall.results()?.size).toBe(4);
  });

  it('spends no more proofs on a device once one has convicted it', async () => {
    let checks = 0;
    const hall = await answered([0, 1, 2, 3], async () => {
      checks += 1;
      return checks < 2 ? { right: 8, code: 'proof.complete' } : { right: 0, code: 'proof.wrong-page' };
    });
    await resultOf(hall);
    expect(checks).toBe(2);
    const results = [0, 1, 2, 3].map((card) => hall.results()?.get(card)?.compute.result);
    expect(results).toMatchObject([
      { code: 'proof.complete' },
      { code: 'proof.wrong-page' },
      { outcome: 'ours' },
      { outcome: 'ours' },
    ]);
  });

  it('checks the others where an answer was only not what was asked', async () => {
    let checks = 0;
    const hall = await answered([0, 1], async () => {
      checks += 1;
      return { right: 0, code: 'proof.wrong-path' };
    });
    await resultOf(hall);
    expect(checks).toBe(2);
  });

  it('asks for no pages while a card still computes: they would stand in the line before its commit', () => {
    const hall = openRoom({ cards: [0, 1, 2] });
    const asked = () => hall.sent.flatMap((message) => (message.type === 'exam.open' ? [message] : []));
    hall.room.arm();
    for (const card of [0, 1, 2]) hall.receive(ready(card));
    hall.room.go();
    hall.receive({ ...commit(), card: 1 });
    hall.receive({ ...commit(), card: 0 });
    expect(asked()).toEqual([]);
    hall.receive({ type: 'exam.decline', exam, card: 2, part: 'compute', message: 'no' });
    expect(asked().map(({ card }) => card)).toEqual([1, 0]);
    hall.room.close();
  });

  it('gives several cards that reveal at once the time that a slow line takes for all of them', async () => {
    const withinMs = (hall: Room) => hall.last('exam.open').withinMs;
    const alone = toGo();
    alone.receive(commit());
    const many = openRoom({ cards: [0, 1, 2] });
    many.room.arm();
    for (const card of [0, 1, 2]) many.receive(ready(card));
    many.room.go();
    for (const card of [0, 1, 2]) many.receive({ ...commit(), card });
    expect(withinMs(many) - withinMs(alone)).toBe(2 * 2_000);
    for (const { room } of [alone, many]) room.close();
  });

  it('keeps what was known of the line and of our own lag when the commit came', async () => {
    let line: Seen = { roundTripMs: 20, lagMs: 400 };
    const asked: number[][] = [];
    const hall = toGo({
      seen: (from, to) => {
        asked.push([from, to]);
        return line;
      },
    });
    hall.receive(commit());
    line = { roundTripMs: null, lagMs: 0 };
    hall.room.disconnected();
    hall.room.connected();
    hall.receive(reveal(hall));
    const result = await resultOf(hall);
    expect(result?.commitment).toMatchObject({ roundTripMs: 20, lagMs: 400 });
    const { committedAt = 0, elapsedMs = 0 } = result?.commitment ?? {};
    expect(asked).toEqual([[expect.closeTo(committedAt - elapsedMs), committedAt]]);
  });

  it('ends as ours when the proof can never be checked', async () => {
    vi.useFakeTimers();
    try {
      const hall = toGo({ check: () => Promise.reject(new Error('the workers die')) });
      hall.receive(commit());
      hall.receive(reveal(hall));
      await vi.advanceTimersByTimeAsync(60_000);
      expect(hall.results()?.get(0)?.compute.result).toMatchObject({ outcome: 'ours', reason: 'exam.ours' });
    } finally {
      vi.useRealTimers();
    }
  });

  it('does not count the time that a device is away', async () => {
    vi.useFakeTimers();
    try {
      const hall = toGo();
      hall.receive(commit());
      hall.room.disconnected();
      await vi.advanceTimersByTimeAsync(24 * 3600_000);
      expect(hall.results()).toBeUndefined();
      hall.room.connected();
      hall.receive(reveal(hall));
      await vi.advanceTimersByTimeAsync(1);
      expect(hall.results()?.get(0)?.compute.result).toMatchObject({
        kind: 'checked',
        code: 'proof.complete',
      });
    } finally {
      vi.useRealTimers();
    }
  });
});

it('reads what came while the process stood still before it calls the time over', async () => {
  const hall = toGo({ commitMs: 5 });
  const refused = new Promise((resolve) => {
    stat(import.meta.filename, () => resolve(hall.receive(commit())));
  });
  // The file system answers, and the time runs out, while nobody looks.
  const until = performance.now() + 100;
  while (performance.now() < until);
  expect(await refused).toBeNull();
});
