import type { ExamPart } from '../../protocol/messages/exam.js';
import type { VerifierMessage } from '../../protocol/messages/wire.js';
import type { MemoryShape } from '../../protocol/shapes.js';
import type { ExamOutcome } from '../../protocol/status.js';
import type { CardLoad } from '../cards/load.js';
import type { CardProver } from '../exam/prover.js';
import { ExamRunner, type RunnerEvent, type RunnerMessage } from '../exam/runner.js';
import { identityOf } from '../identity.js';
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
export const verdict = (id: string, outcome: ExamOutcome = 'passed'): Question<'exam.verdict'> => ({
  type: 'exam.verdict',
  exam: id,
  card: 0,
  outcome,
  reasons: [`exam.${outcome}`],
  class: null,
  checks: [],
});

/** The same arming with other times. */
export const within = (withinMs: number, armed: Question<'exam.arm'>): Question<'exam.arm'> => ({
  ...armed,
  cards: armed.cards.map((card) => ({ ...card, withinMs })),
});

/** Questions about the table of a seed of this digit, on card 0. */
export const tableBuild = (digit: string, shape: MemoryShape = tinyTable): Question<'table.build'> => ({
  type: 'table.build',
  card: 0,
  purpose: 'ballast',
  shape,
  tableSeed: seed(digit),
  withinMs: 5000,
});
export const tableDrop = (digit: string): Question<'table.drop'> => ({
  type: 'table.drop',
  card: 0,
  tableSeed: seed(digit),
});

export const probe = (digit: string): string => `pr_${digit.repeat(32)}`;
/** A probe of one round, the first of its hour, whose id and walk seed are of this digit. */
export const probeWalk = (digit: string, table: string, rounds = 1): Question<'probe.walk'> => ({
  type: 'probe.walk',
  probe: probe(digit),
  card: 0,
  tableSeed: seed(table),
  rounds,
  seed: seed(digit),
  withinMs: 5000,
  transcript: 'hr_493023',
  index: 1,
  previous: seed('9'),
});
export const probeOpen = (digit: string): Question<'probe.open'> => ({
  type: 'probe.open',
  probe: probe(digit),
  card: 0,
  withinMs: 5000,
  openings: probeOpenings,
});
export const probeOpenings = [
  { round: 0, walker: 0 },
  { round: 0, walker: 99 },
];
export const probeVerdict = (digit: string): Question<'probe.verdict'> => ({
  type: 'probe.verdict',
  probe: probe(digit),
  card: 0,
  outcome: 'passed',
  code: 'probe.passed',
  elapsedMs: 90,
  deadlineMs: 200,
});

/** Who the runner signs for. */
export const identity = identityOf(new Uint8Array(32).fill(7));

/** A runner with all that it sent and told. */
export const runnerOf = (...provers: (CardProver | null)[]) => runnerWith(provers);

/** The same, which reports a load of its cards. */
export function runnerWith(provers: readonly (CardProver | null)[], loads: readonly CardLoad[] = []) {
  const sent: RunnerMessage[] = [];
  const events: RunnerEvent[] = [];
  const runner = new ExamRunner({
    provers,
    identity,
    loads,
    send: (message) => sent.push(message),
    events: (event) => events.push(event),
  });
  /** Hands messages over one after another, waiting for each answer. */
  const ask = async (...messages: VerifierMessage[]): Promise<RunnerMessage[]> => {
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

export const types = (messages: readonly RunnerMessage[]): string[] =>
  messages.map((message) => message.type);
