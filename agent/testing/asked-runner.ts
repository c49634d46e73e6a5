import type { CardMessage, ExamPart } from '../../protocol/messages/exam.js';
import type { VerifierMessage } from '../../protocol/messages/wire.js';
import type { MemoryShape } from '../../protocol/shapes.js';
import type { ExamEvent } from '../exam/events.js';
import type { CardProver } from '../exam/prover.js';
import { ExamRunner } from '../exam/runner.js';
import { tinyShape, tinyTable } from './reference-prover.js';

type Question<T extends VerifierMessage['type']> = Extract<VerifierMessage, { type: T }>;

export const exam = (digit: string): string => `ex_${digit.repeat(32)}`;
export const seed = (digit: string): string => digit.repeat(64);
export const openings = [
  { round: 0, page: 3 },
  { round: 1, page: 63 },
];
export const walkerOpenings = [
  { round: 0, walker: 0 },
  { round: 1, walker: 99 },
];

/** Questions of the compute part. */
export const arm = (id: string, attempt = 1, cards = [0]): Question<'exam.arm'> => ({
  type: 'exam.arm',
  exam: id,
  attempt,
  cards: cards.map((card) => ({ card, part: 'compute', withinMs: 5000, shape: tinyShape })),
});
export const go = (
  id: string,
  digit: string,
  cards = [0],
  part: ExamPart = 'compute',
): Question<'exam.go'> => ({
  type: 'exam.go',
  exam: id,
  cards: cards.map((card) => ({ card, part, seed: seed(digit), withinMs: 5000 })),
});
export const open = (id: string): Question<'exam.open'> => ({
  type: 'exam.open',
  exam: id,
  card: 0,
  part: 'compute',
  withinMs: 5000,
  openings,
});

/** Questions of the memory part, about card 0. */
export const armTable = (
  id: string,
  digit: string,
  attempt = 1,
  shape: MemoryShape = tinyTable,
): Question<'exam.arm'> => ({
  type: 'exam.arm',
  exam: id,
  attempt,
  cards: [{ card: 0, part: 'memory', withinMs: 5000, shape, tableSeed: seed(digit) }],
});
export const goWalk = (id: string, digit: string): Question<'exam.go'> => go(id, digit, [0], 'memory');
export const openWalk = (id: string): Question<'exam.open'> => ({
  type: 'exam.open',
  exam: id,
  card: 0,
  part: 'memory',
  withinMs: 5000,
  openings: walkerOpenings,
});
export const verdict = (id: string): Question<'exam.verdict'> => ({
  type: 'exam.verdict',
  exam: id,
  card: 0,
  outcome: 'passed',
  reasons: ['exam.passed'],
  class: null,
  checks: [],
});

/** The same arming with other times. */
export const within = (withinMs: number, armed: Question<'exam.arm'>): Question<'exam.arm'> => ({
  ...armed,
  cards: armed.cards.map((card) => ({ ...card, withinMs })),
});

/** A runner with all that it sent and told. */
export function runnerOf(...provers: (CardProver | null)[]) {
  const sent: CardMessage[] = [];
  const events: ExamEvent[] = [];
  const runner = new ExamRunner({
    provers,
    send: (message) => sent.push(message),
    events: (event) => events.push(event),
  });
  /** Hands messages over one after another, waiting for each answer. */
  const ask = async (...messages: VerifierMessage[]): Promise<CardMessage[]> => {
    const before = sent.length;
    for (const message of messages) {
      runner.handle(message);
      await runner.idle();
    }
    return sent.slice(before);
  };
  return { runner, sent, events, ask };
}

/** Holds something back until it is opened. */
export function gate(): { readonly open: () => void; readonly shut: Promise<void> } {
  let release = (): void => {};
  const shut = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { open: release, shut };
}

export const types = (messages: readonly CardMessage[]): string[] => messages.map((message) => message.type);
