import { queueOptionsSymbol, type TaskQueue } from 'piscina';

type Task = Parameters<TaskQueue['push']>[0];

/** Whose proof it is: of a device that is verified, or of one that still has to show what it has. */
export type Lane = 'proven' | 'newcomer';

const other: Readonly<Record<Lane, Lane>> = { proven: 'newcomer', newcomer: 'proven' };

/**
 * The queue before the proof threads: one for each lane, and where something waits in both they take turns. Who has proven nothing
 * can send as many false proofs as it has identities, each of which takes as long as a true one: before a proven device's proof
 * stands one of theirs at most.
 */
export class Lanes implements TaskQueue {
  readonly #tasks: Readonly<Record<Lane, Task[]>> = { proven: [], newcomer: [] };
  #next: Lane = 'proven';

  get size(): number {
    return this.#tasks.proven.length + this.#tasks.newcomer.length;
  }

  waiting(lane: Lane): number {
    return this.#tasks[lane].length;
  }

  push(task: Task): void {
    this.#tasks[laneOf(task)].push(task);
  }

  shift(): Task | null {
    const lane = this.#tasks[this.#next].length > 0 ? this.#next : other[this.#next];
    const task = this.#tasks[lane].shift();
    if (task !== undefined) this.#next = other[lane];
    return task ?? null;
  }

  /** No thread was free after all: it is still its turn. */
  unshift(task: Task): void {
    const lane = laneOf(task);
    this.#tasks[lane].unshift(task);
    this.#next = lane;
  }

  remove(task: Task): void {
    const tasks = this.#tasks[laneOf(task)];
    const at = tasks.indexOf(task);
    if (at >= 0) tasks.splice(at, 1);
  }
}

/** What the queue is told beside a task; it isn't sent to the thread. */
export const inLane = (lane: Lane) => ({ [queueOptionsSymbol]: { lane } });

const laneOf = (task: Task): Lane => (task[queueOptionsSymbol] as { readonly lane: Lane }).lane;
