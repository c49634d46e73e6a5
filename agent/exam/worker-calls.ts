import type { Opening, Reveal, WalkerOpening, WalkerReveal } from '../../protocol/messages/reveals.js';
import type { ComputeShape, MemoryShape } from '../../protocol/shapes.js';

/** What the main process can ask of a card's process, with what comes back. */
export interface WorkerCalls {
  /** Holds the compute engine against the reference, then measures its rate in GFLOPS. */
  check: { readonly argument: null; readonly result: number };
  /** The same of the table engine: its rate of building, 10^9 operations a second. */
  checkTable: { readonly argument: null; readonly result: number };
  arm: { readonly argument: ComputeShape; readonly result: string };
  /** A seed; the roots. */
  commit: { readonly argument: Uint8Array; readonly result: Uint8Array[] };
  reveal: { readonly argument: readonly Opening[]; readonly result: Reveal[] };
  build: {
    readonly argument: { readonly shape: MemoryShape; readonly tableSeed: Uint8Array };
    readonly result: string;
  };
  /** A walk seed, and how many rounds where not as many as the table's shape says; the roots. */
  walk: {
    readonly argument: { readonly walkSeed: Uint8Array; readonly rounds?: number | undefined };
    readonly result: Uint8Array[];
  };
  revealWalk: { readonly argument: readonly WalkerOpening[]; readonly result: WalkerReveal[] };
  dropTable: { readonly argument: null; readonly result: undefined };
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
