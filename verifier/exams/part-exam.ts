import type { ExamErrorCode, ExamReasonCode, ProofCode } from '../../protocol/codes/table.js';
import type { CardMessage } from '../../protocol/messages/exam.js';
import type { Opening, Reveal, WalkerOpening, WalkerReveal } from '../../protocol/messages/reveals.js';
import type { ComputeShape, MemoryShape } from '../../protocol/shapes.js';

/** How often one question is asked before silence is an answer. */
export const maxAsks = 3;

/** What one part of a card's exam asks, and the claimed engine that has to answer it. */
export type PartTask =
  | { readonly part: 'compute'; readonly shape: ComputeShape; readonly engine: string }
  | { readonly part: 'memory'; readonly shape: MemoryShape; readonly engine: string };

/** Draws the openings of a commitment. */
export interface Draw {
  readonly compute: (shape: ComputeShape) => Opening[];
  readonly memory: (shape: MemoryShape) => WalkerOpening[];
}

/** What is known of the time up to a message, beside how long it was. */
export interface Seen {
  /** Smallest round trip on the connection that it came by, milliseconds; null where there was none yet. */
  readonly roundTripMs: number | null;
  /** Longest standstill of our own since `go`, milliseconds. */
  readonly lagMs: number;
}

interface Committed extends Seen {
  readonly engine: string;
  readonly seed: string;
  readonly roots: readonly string[];
  readonly elapsedMs: number;
  /** When the commit came, monotonic milliseconds. */
  readonly committedAt: number;
}

/** What a card committed to, and how long it took on our clock. Openings are drawn once: silence never gets other ones. */
export type Commitment =
  | (Committed & {
      readonly part: 'compute';
      readonly shape: ComputeShape;
      readonly openings: readonly Opening[];
    })
  | (Committed & {
      readonly part: 'memory';
      readonly shape: MemoryShape;
      readonly tableSeed: string;
      readonly openings: readonly WalkerOpening[];
    });

export type Reveals = readonly Reveal[] | readonly WalkerReveal[];

export type PartResult =
  | {
      readonly kind: 'checked';
      readonly commitment: Commitment;
      readonly right: number;
      readonly code: ProofCode | 'proof.complete';
    }
  | {
      readonly kind: 'unproven';
      readonly outcome: 'failed' | 'unanswered' | 'ours';
      readonly reason: ExamReasonCode;
      readonly engine: string | null;
      readonly commitment: Commitment | null;
    };

export type PartPhase =
  /** To be armed with the next cohort, or with its own. */
  | { readonly at: 'owed' }
  | { readonly at: 'arming' }
  | { readonly at: 'ready' }
  | { readonly at: 'running'; readonly seed: string; readonly goAt: number }
  | {
      readonly at: 'opening';
      readonly commitment: Commitment;
      readonly asks: number;
      readonly asked: boolean;
    }
  | { readonly at: 'checking'; readonly commitment: Commitment; readonly reveals: Reveals }
  | { readonly at: 'done'; readonly result: PartResult };

export interface PartExam {
  readonly task: PartTask;
  /** Times it was armed. */
  readonly attempts: number;
  /** Times it stopped between `go` and the commit: silent, giving up, or with a broken line. Once is an accident. */
  readonly stops: number;
  /** Seed of an attempt whose time ran out while the connection lived: its commit is late, not unknown. */
  readonly lateSeed: string | null;
  /** Of the last arming: when it was, monotonic milliseconds, and for `memory` the seed of its table. */
  readonly armed: { readonly at: number; readonly tableSeed: string } | null;
  /** From the last `arm` to its `ready`, milliseconds; null until then. */
  readonly buildMs: number | null;
  readonly phase: PartPhase;
}

export type PartEvent =
  /** `tableSeed` is fresh at each arming; only `memory` uses it. */
  | { readonly type: 'arm'; readonly at: number; readonly tableSeed: string }
  | { readonly type: 'go'; readonly seed: string; readonly at: number }
  /** A message about this part. */
  | { readonly type: 'message'; readonly message: CardMessage; readonly at: number; readonly seen: Seen }
  | { readonly type: 'deadline' }
  | { readonly type: 'connected' }
  | { readonly type: 'disconnected' }
  /** The verifier that asked is gone, and the line with it: a fault of ours. */
  | { readonly type: 'home-lost' }
  | { readonly type: 'checked'; readonly right: number; readonly code: ProofCode | 'proof.complete' }
  /** Our own failure: the proof can't be checked. */
  | { readonly type: 'ours' }
  /** The device claims other hardware now. */
  | { readonly type: 'hardware-changed' };

/** What follows from an event beside the new state. */
export interface Effects {
  /** The message is refused with this code. It changes nothing, but for a late commit, which ends the exam. */
  readonly refused?: ExamErrorCode;
  /** Ask for the openings of the commitment (again). */
  readonly open?: true;
  /** Check the reveals. */
  readonly check?: true;
}

export interface PartStep extends Effects {
  readonly exam: PartExam;
}

export const newPartExam = (task: PartTask): PartExam => ({
  task,
  attempts: 0,
  stops: 0,
  lateSeed: null,
  armed: null,
  buildMs: null,
  phase: { at: 'owed' },
});

/**
 * One part of one card's exam as a pure step function: `arm → ready → go → commit → open → reveal → result`, for compute
 * and memory alike. It never throws, whatever arrives.
 *
 * What "the same question again" means depends on the commit. Before it, the question is the shape, and a new
 * attempt has new seeds: with the old ones a card could compute, or build, at leisure behind a broken line. After it, the
 * question is the openings, and they never change: else a card could stay silent until it likes the draw.
 *
 * @param draw called once for each commitment
 */
export function stepPart(exam: PartExam, event: PartEvent, draw: Draw): PartStep {
  const { phase } = exam;
  if (phase.at === 'done')
    return event.type === 'message' ? { exam, refused: 'exam.out-of-order' } : { exam };
  switch (event.type) {
    case 'arm':
      return phase.at === 'owed' ? { exam: arm(exam, event.at, event.tableSeed) } : { exam };
    case 'go':
      if (phase.at !== 'ready') return { exam };
      return { exam: to(exam, { at: 'running', seed: event.seed, goAt: event.at }) };
    case 'message':
      return receive(exam, event, draw);
    case 'deadline':
      return runOut(exam);
    case 'connected':
      return phase.at === 'opening' && !phase.asked
        ? { exam: to(exam, { ...phase, asked: true }), open: true }
        : { exam };
    case 'disconnected':
      return lose(exam);
    case 'home-lost':
      return { exam: letGo(exam) };
    case 'checked':
      if (phase.at !== 'checking') return { exam };
      return {
        exam: finish(exam, {
          kind: 'checked',
          commitment: phase.commitment,
          right: event.right,
          code: event.code,
        }),
      };
    case 'ours':
      return { exam: endUnproven(exam, 'ours', 'exam.ours') };
    case 'hardware-changed':
      return leave(exam);
  }
}

function arm(exam: PartExam, at: number, tableSeed: string): PartExam {
  return to(
    { ...exam, attempts: exam.attempts + 1, armed: { at, tableSeed }, buildMs: null },
    { at: 'arming' },
  );
}

function receive(
  exam: PartExam,
  { message, at, seen }: Extract<PartEvent, { type: 'message' }>,
  draw: Draw,
): PartStep {
  const { phase, task, armed } = exam;
  switch (message.type) {
    case 'exam.ready':
      if (phase.at !== 'arming' || armed === null) return { exam, refused: 'exam.out-of-order' };
      // The claimed engine chose the shape, and what is measured is held against it.
      if (message.engine !== task.engine) return { exam, refused: 'exam.wrong-engine' };
      return { exam: to({ ...exam, buildMs: at - armed.at }, { at: 'ready' }) };
    case 'exam.decline':
      return decline(exam);
    case 'exam.commit':
      if (phase.at === 'opening' || phase.at === 'checking') return { exam, refused: 'exam.second-commit' };
      if (message.seed === exam.lateSeed) {
        return { exam: endUnproven(exam, 'failed', 'exam.late'), refused: 'exam.late-commit' };
      }
      if (phase.at !== 'running' || armed === null) return { exam, refused: 'exam.out-of-order' };
      if (message.seed !== phase.seed) return { exam, refused: 'exam.seed-unknown' };
      if (message.roots.length !== task.shape.rounds) return { exam, refused: 'exam.wrong-roots' };
      return {
        exam: to(exam, {
          at: 'opening',
          asks: 1,
          asked: true,
          commitment: committed(task, armed.tableSeed, draw, {
            engine: task.engine,
            seed: phase.seed,
            roots: message.roots,
            elapsedMs: at - phase.goAt,
            committedAt: at,
            ...seen,
          }),
        }),
        open: true,
      };
    case 'exam.reveal':
      if (phase.at !== 'opening' || !phase.asked) return { exam, refused: 'exam.out-of-order' };
      return {
        exam: to(exam, { at: 'checking', commitment: phase.commitment, reveals: message.reveals }),
        check: true,
      };
  }
}

function committed(task: PartTask, tableSeed: string, draw: Draw, answer: Committed): Commitment {
  if (task.part === 'compute') {
    const { part, shape } = task;
    return { ...answer, part, shape, openings: draw.compute(shape) };
  }
  const { part, shape } = task;
  return { ...answer, part, shape, tableSeed, openings: draw.memory(shape) };
}

/** New hardware ends the exam of the old, but is no way out once the seed or the openings are known. */
function leave(exam: PartExam): PartStep {
  switch (exam.phase.at) {
    case 'checking':
      return { exam };
    case 'opening':
      return { exam: endUnproven(exam, 'failed', 'exam.silent') };
    case 'running':
      return { exam: endUnproven(exam, 'failed', 'exam.gave-up') };
    default:
      return { exam: endUncommitted(exam, 'exam.unanswered') };
  }
}

/** The engine can't: honest enough before the seed is known. After it, with the line alive, it is a silence. */
function decline(exam: PartExam): PartStep {
  switch (exam.phase.at) {
    case 'arming':
    case 'ready':
      return { exam: endUncommitted(exam, 'exam.declined') };
    case 'running':
      return { exam: fallSilent(exam) };
    case 'opening':
      return runOut(exam);
    default:
      return { exam, refused: 'exam.out-of-order' };
  }
}

/** The time of the present step is over while the connection lives. */
function runOut(exam: PartExam): PartStep {
  const { phase } = exam;
  switch (phase.at) {
    case 'arming':
      return { exam: askAgain(exam, 'exam.not-ready') };
    case 'running':
      return { exam: { ...fallSilent(exam), lateSeed: phase.seed } };
    case 'opening':
      // Nobody is there who could hear it: the debt waits, however long.
      if (!phase.asked) return { exam };
      if (phase.asks >= maxAsks) return { exam: endUnproven(exam, 'failed', 'exam.silent') };
      return { exam: to(exam, { ...phase, asks: phase.asks + 1, asked: true }), open: true };
    default:
      return { exam };
  }
}

/** The connection is gone. */
function lose(exam: PartExam): PartStep {
  const { phase } = exam;
  switch (phase.at) {
    case 'arming':
    case 'ready':
      return { exam: askAgain(exam, 'exam.unanswered') };
    case 'running':
      return { exam: askAgain({ ...exam, stops: exam.stops + 1 }, 'exam.unanswered') };
    case 'opening':
      // The draw is known to the card now: a line that breaks here again and again is a silence.
      if (phase.asks >= maxAsks) return { exam: endUnproven(exam, 'failed', 'exam.silent') };
      return { exam: phase.asked ? to(exam, { ...phase, asks: phase.asks + 1, asked: false }) : exam };
    default:
      return { exam };
  }
}

/** Our own end broke the line: what was under way is asked again, and stands against nobody. */
function letGo(exam: PartExam): PartExam {
  const { phase } = exam;
  switch (phase.at) {
    case 'arming':
    case 'ready':
    case 'running':
      return exam.attempts < maxAsks ? to(exam, { at: 'owed' }) : endUnproven(exam, 'ours', 'exam.ours');
    case 'opening':
      return phase.asked ? to(exam, { ...phase, asked: false }) : exam;
    default:
      return exam;
  }
}

/** No commit, though the line is alive: asked again, and the third time it is the answer. */
function fallSilent(exam: PartExam): PartExam {
  if (exam.attempts >= maxAsks) return endUnproven(exam, 'failed', 'exam.silent');
  return to({ ...exam, stops: exam.stops + 1 }, { at: 'owed' });
}

function askAgain(exam: PartExam, reason: ExamReasonCode): PartExam {
  return exam.attempts < maxAsks ? to(exam, { at: 'owed' }) : endUncommitted(exam, reason);
}

/**
 * The end of a part without a commit. It counts against nobody, unless the card had stopped again and again in the very
 * seconds after `go`: identities that share a chip could take turns on it that way.
 */
function endUncommitted(exam: PartExam, reason: ExamReasonCode): PartExam {
  return exam.stops > 1
    ? endUnproven(exam, 'failed', 'exam.gave-up')
    : endUnproven(exam, 'unanswered', reason);
}

const to = (exam: PartExam, phase: PartPhase): PartExam => ({ ...exam, phase });

const finish = (exam: PartExam, result: PartResult): PartExam => to(exam, { at: 'done', result });

function endUnproven(
  exam: PartExam,
  outcome: 'failed' | 'unanswered' | 'ours',
  reason: ExamReasonCode,
): PartExam {
  const { phase } = exam;
  const commitment = phase.at === 'opening' || phase.at === 'checking' ? phase.commitment : null;
  const engine = exam.attempts > 0 ? exam.task.engine : null;
  return finish(exam, { kind: 'unproven', outcome, reason, engine, commitment });
}
