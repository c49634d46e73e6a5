import { randomBytes, randomInt } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { drawOpenings } from '../../challenges/compute/openings.js';
import { type ComputeProof, proveCompute } from '../../challenges/compute/prover.js';
import { checkComputeReveal } from '../../challenges/compute/verifier.js';
import { createReferenceEngine, referenceRecompute } from '../../challenges/engines/reference.js';
import { fromHex, toHex } from '../../protocol/bytes.js';
import { systemClock } from '../../protocol/clock.js';
import type { VerifierMessage } from '../../protocol/messages/exam.js';
import { parseFrame } from '../connections/incoming.js';
import { type CardRecord, ExamRoom, type RoomOptions } from './room.js';

const shape = { n: 256, layers: 1, pages: 64, rounds: 2 } as const;
const exam = `ex_${'0'.repeat(32)}`;
// One seed for all rooms: the proof is dear, and what is tried here is what is done to it.
const seed = new Uint8Array(randomBytes(32));
let proof: ComputeProof;
beforeAll(async () => {
  proof = await proveCompute(await createReferenceEngine().prepare(shape), shape, seed);
});

const checkProof: RoomOptions['check'] = (of, { seed, roots, openings }, reveals) =>
  checkComputeReveal(
    { shape: of, seed: fromHex(seed), roots: roots.map(fromHex), openings, reveals },
    referenceRecompute,
  );

/** A room whose device sends what a test decides, through the same parser as on the wire. */
function openRoom({ cards = [0], check = checkProof, random = (_: number) => seed } = {}) {
  const sent: VerifierMessage[] = [];
  let results: ReadonlyMap<number, CardRecord> | undefined;
  const room = new ExamRoom({
    exam,
    cards: cards.map((card) => ({ card, shape, engine: 'reference' })),
    times: { armMs: 60_000, commitMs: 60_000, revealMs: 60_000 },
    clock: systemClock,
    random,
    draw: (of) => drawOpenings(of, 8, randomInt),
    send: (message) => sent.push(message) > 0,
    check,
    moved: () => {},
    uncheckable: () => {},
    finished: (all) => {
      results = all;
    },
  });
  const receive = (message: unknown): string | null => {
    const parsed = parseFrame(Buffer.from(JSON.stringify(message) ?? ''), false);
    return 'refused' in parsed ? parsed.refused : room.receive(parsed.message, performance.now());
  };
  const last = <T extends VerifierMessage['type']>(type: T) =>
    sent.findLast((message) => message.type === type) as Extract<VerifierMessage, { type: T }>;
  return { room, receive, last, sent, results: () => results };
}

type Room = ReturnType<typeof openRoom>;

const commit = () => ({
  type: 'exam.commit',
  exam,
  card: 0,
  seed: toHex(seed),
  roots: proof.roots.map(toHex),
});
const reveal = (hall: Room) => ({
  type: 'exam.reveal',
  exam,
  card: 0,
  reveals: proof.reveal(hall.last('exam.open').openings),
});

function toGo(options?: Parameters<typeof openRoom>[0]): Room {
  const hall = openRoom(options);
  hall.room.arm();
  hall.receive({ type: 'exam.ready', exam, card: 0, engine: 'reference' });
  hall.room.go();
  return hall;
}

async function resultOf({ results }: Room) {
  await vi.waitFor(() => expect(results()).toBeDefined(), { interval: 1, timeout: 60_000 });
  return results()?.get(0)?.result;
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
    for (const card of [0, 1, 2]) hall.receive({ type: 'exam.ready', exam, card, engine: 'reference' });
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
        hall.receive({ type: 'exam.ready', exam, card: 0, engine: 'reference' });
        hall.room.go();
        vi.advanceTimersByTime(60_000);
      }
      expect(hall.results()?.get(0)?.result).toMatchObject({ outcome: 'failed', reason: 'exam.silent' });
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
      expect(hall.results()?.get(0)?.result).toMatchObject({ kind: 'checked', code: 'proof.complete' });
      expect(hall.sent.filter(({ type }) => type === 'exam.open')).toHaveLength(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('ends as ours when the proof can never be checked', async () => {
    vi.useFakeTimers();
    try {
      const hall = toGo({ check: () => Promise.reject(new Error('the workers die')) });
      hall.receive(commit());
      hall.receive(reveal(hall));
      await vi.advanceTimersByTimeAsync(60_000);
      expect(hall.results()?.get(0)?.result).toMatchObject({ outcome: 'ours', reason: 'exam.ours' });
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
      expect(hall.results()?.get(0)?.result).toMatchObject({ kind: 'checked', code: 'proof.complete' });
    } finally {
      vi.useRealTimers();
    }
  });
});
