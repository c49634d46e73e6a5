import {
  type Draw,
  type Effects,
  newPartExam,
  type PartEvent,
  type PartExam,
  type PartPhase,
  type PartResult,
  type PartTask,
  stepPart,
} from './part-exam.js';

export type ComputeTask = Extract<PartTask, { part: 'compute' }>;
export type MemoryTask = Extract<PartTask, { part: 'memory' }>;

/** All that one card is asked in an exam: the compute part, then the memory part. */
export interface CardExam {
  readonly compute: PartExam;
  /** Null where no engine can hold a table on the card. */
  readonly memory: PartExam | null;
}

export interface CardStep extends Effects {
  readonly exam: CardExam;
}

/** How one part ended, with all that was asked. */
export interface PartRecord<Task extends PartTask = PartTask> {
  readonly task: Task;
  readonly attempts: number;
  /** Of the last table that was ordered; null before the first, and where there is none. */
  readonly tableSeed: string | null;
  /** From the last `arm` to its `ready`, milliseconds. */
  readonly buildMs: number | null;
  readonly result: PartResult;
}

/** How a card's exam ended. */
export interface CardRecord {
  readonly compute: PartRecord<ComputeTask>;
  /** Null where it was not asked: the card has no such part, or its compute proof was not complete. */
  readonly memory: PartRecord<MemoryTask> | null;
}

export const newCardExam = (compute: ComputeTask, memory: MemoryTask | null): CardExam => ({
  compute: newPartExam(compute),
  memory: memory === null ? null : newPartExam(memory),
});

/** The part that the card is at; null when its exam is over. */
export function presentPart({ compute, memory }: CardExam): PartExam | null {
  if (compute.phase.at !== 'done') return compute;
  return memory !== null && memory.phase.at !== 'done' && isProven(compute.phase) ? memory : null;
}

/** Takes an event to the part that the card is at. A message about the other part is refused. Never throws. */
export function step(exam: CardExam, event: PartEvent, draw: Draw): CardStep {
  const present = presentPart(exam);
  if (event.type === 'hardware-changed' && present === exam.compute && exam.memory !== null) {
    // The cards of a table that was to come are gone, whatever becomes of the present part.
    const { exam: memory } = stepPart(exam.memory, event, draw);
    return stepPresent({ ...exam, memory }, event, draw);
  }
  return stepPresent(exam, event, draw);
}

function stepPresent(exam: CardExam, event: PartEvent, draw: Draw): CardStep {
  const present = presentPart(exam);
  if (event.type === 'message' && event.message.part !== present?.task.part) {
    return { exam, refused: 'exam.out-of-order' };
  }
  if (present === null) return { exam };
  const { exam: next, ...effects } = stepPart(present, event, draw);
  if (next === present) return { exam, ...effects };
  return {
    exam: present === exam.compute ? { ...exam, compute: next } : { ...exam, memory: next },
    ...effects,
  };
}

/** What goes on record of an exam that is over; null before. */
export function recordOf(exam: CardExam): CardRecord | null {
  if (presentPart(exam) !== null) return null;
  const compute = partRecord(exam.compute);
  if (compute === null) return null;
  const memory = isProven(exam.compute.phase) && exam.memory !== null ? partRecord(exam.memory) : null;
  return {
    compute: compute as PartRecord<ComputeTask>,
    memory: memory as PartRecord<MemoryTask> | null,
  };
}

function partRecord({ task, attempts, armed, buildMs, phase }: PartExam): PartRecord | null {
  if (phase.at !== 'done') return null;
  const tableSeed = task.part === 'memory' ? (armed?.tableSeed ?? null) : null;
  return { task, attempts, tableSeed, buildMs, result: phase.result };
}

/** A table is asked of a card only that has shown all its pages. */
const isProven = (phase: PartPhase): boolean =>
  phase.at === 'done' && phase.result.kind === 'checked' && phase.result.code === 'proof.complete';
