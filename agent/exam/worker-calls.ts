import type { Opening, Reveal } from '../../protocol/messages/exam.js';
import type { ComputeShape } from '../../protocol/shapes.js';

/** What the main process can ask of an engine's process, with what comes back. */
export interface WorkerCalls {
  /** Holds the engine against the reference, then measures its rate in GFLOPS. */
  check: { readonly argument: null; readonly result: number };
  arm: { readonly argument: ComputeShape; readonly result: string };
  /** A seed; the roots. */
  commit: { readonly argument: Uint8Array; readonly result: Uint8Array[] };
  reveal: { readonly argument: readonly Opening[]; readonly result: Reveal[] };
}

export type WorkerCall = keyof WorkerCalls;

export type WorkerRequest = {
  [C in WorkerCall]: { readonly id: number; readonly call: C; readonly argument: WorkerCalls[C]['argument'] };
}[WorkerCall];

/** Progress, any number of times, then one result or error. */
export type WorkerReply =
  | { readonly id: number; readonly type: 'progress'; readonly share: number }
  | { readonly id: number; readonly type: 'result'; readonly result: unknown }
  | { readonly id: number; readonly type: 'error'; readonly code: string; readonly message: string };
