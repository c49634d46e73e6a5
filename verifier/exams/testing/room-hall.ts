import { randomBytes, randomInt } from 'node:crypto';
import { drawOpenings } from '../../../challenges/compute/openings.js';
import { type ComputeProof, proveCompute } from '../../../challenges/compute/prover.js';
import { checkComputeReveal } from '../../../challenges/compute/verifier.js';
import { createReferenceEngine, referenceRecompute } from '../../../challenges/engines/reference.js';
import { drawWalkers } from '../../../challenges/memory/openings.js';
import { checkMemoryReveal } from '../../../challenges/memory/verifier.js';
import { fromHex, toHex } from '../../../protocol/bytes.js';
import { systemClock } from '../../../protocol/clock.js';
import type { ExamPart } from '../../../protocol/messages/exam.js';
import type { VerifierMessage } from '../../../protocol/messages/wire.js';
import { parseFrame } from '../../connections/incoming.js';
import type { CardRecord } from '../card-exam.js';
import type { Seen } from '../part-exam.js';
import { ExamRoom, type RoomOptions } from '../room.js';
import { randomSeeds } from '../seeds.js';

export const shape = { n: 256, layers: 1, pages: 64, rounds: 2 } as const;
export const exam = `ex_${'0'.repeat(32)}`;
/** One seed for all rooms: the proof is dear, and what is tried is what is done to it. */
export const seed = new Uint8Array(randomBytes(32));
export const proof: ComputeProof = await proveCompute(
  await createReferenceEngine().prepare(shape),
  shape,
  seed,
);

export const memory = {
  shape: { n: 256, layers: 1, banks: 2, bankPages: 16, rounds: 2, walkers: 8, steps: 2 },
  engine: 'table',
  armMs: 600_000,
  commitMs: 10_000,
} as const;

export const checkProof: RoomOptions['check'] = (commitment, reveals) => {
  const roots = commitment.roots.map(fromHex);
  const own = fromHex(commitment.seed);
  if (commitment.part === 'compute') {
    const { shape: of, openings } = commitment;
    return checkComputeReveal({ shape: of, seed: own, roots, openings, reveals }, referenceRecompute);
  }
  const { shape: of, openings } = commitment;
  const tableSeed = fromHex(commitment.tableSeed);
  return checkMemoryReveal(
    { shape: of, tableSeed, walkSeed: own, roots, openings, reveals },
    referenceRecompute,
  );
};

/** A room whose device sends what a test decides, through the same parser as on the wire. */
export function openRoom({
  cards = [0],
  table = null as typeof memory | null,
  check = checkProof,
  random = (_: number) => seed,
  seeds = randomSeeds(random),
  measureLine = () => Promise.resolve(),
  commitMs = 60_000,
  seen = (_from: number, _to: number): Seen => ({ roundTripMs: null, lagMs: 0 }),
} = {}) {
  const sent: VerifierMessage[] = [];
  let moves = 0;
  let results: ReadonlyMap<number, CardRecord> | undefined;
  const room = new ExamRoom({
    exam,
    cards: cards.map((card) => ({ card, shape, engine: 'reference', memory: table })),
    times: { armMs: 60_000, commitMs, revealMs: 60_000 },
    clock: systemClock,
    seeds,
    draw: {
      compute: (of) => drawOpenings(of, 8, randomInt),
      memory: (of) => drawWalkers(of, 4, randomInt),
    },
    seen,
    prepare: (message) => () => sent.push(message) > 0,
    check,
    measureLine,
    moved: () => {
      moves += 1;
    },
    uncheckable: () => {},
    finished: (all) => {
      results = all;
    },
  });
  const receive = (message: unknown): string | null => {
    const parsed = parseFrame(Buffer.from(JSON.stringify(message) ?? ''), false);
    if ('refused' in parsed) return parsed.refused;
    if (!('exam' in parsed.message) || parsed.message.type === 'network.received') return 'network.not-asked';
    return room.receive(parsed.message, performance.now());
  };
  const last = <T extends VerifierMessage['type']>(type: T) =>
    sent.findLast((message) => message.type === type) as Extract<VerifierMessage, { type: T }>;
  return { room, receive, last, sent, results: () => results, moves: () => moves };
}

export type Room = ReturnType<typeof openRoom>;

export const commit = () => ({
  type: 'exam.commit',
  exam,
  card: 0,
  part: 'compute',
  seed: toHex(seed),
  roots: proof.roots.map(toHex),
});
export function reveal(hall: Room, card = 0) {
  const open = hall.sent.findLast((message) => message.type === 'exam.open' && message.card === card);
  const openings = open?.type === 'exam.open' && open.part === 'compute' ? open.openings : [];
  return { type: 'exam.reveal', exam, card, part: 'compute', reveals: proof.reveal(openings) };
}

export const ready = (card = 0, part: ExamPart = 'compute') => ({
  type: 'exam.ready',
  exam,
  card,
  part,
  engine: part === 'compute' ? 'reference' : memory.engine,
});

export function toGo(options?: Parameters<typeof openRoom>[0]): Room {
  const hall = openRoom(options);
  hall.room.arm();
  hall.receive(ready());
  hall.room.go();
  return hall;
}
