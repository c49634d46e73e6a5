import type { EngineShape } from '../../challenges/engines/engine.js';
import type { TableShape, TableSource } from '../../challenges/engines/table.js';
import type { PageNetwork } from '../../challenges/pages/network.js';
import type { StartVectors } from '../../challenges/pages/start.js';

/** What the thread with the engines is asked. `prepared` is the number that it answered `prepare` or `prepare table` with. */
export type HostQuestion =
  | { readonly ask: 'prepare'; readonly shape: EngineShape }
  | { readonly ask: 'load'; readonly prepared: number; readonly network: PageNetwork }
  | {
      readonly ask: 'digests';
      readonly prepared: number;
      readonly start: StartVectors;
      readonly first: number;
      readonly count: number;
    }
  | { readonly ask: 'prepare table'; readonly shape: TableShape }
  | { readonly ask: 'build'; readonly prepared: number; readonly source: TableSource }
  | {
      readonly ask: 'walk';
      readonly prepared: number;
      readonly keys: Uint32Array;
      readonly first: number;
      readonly count: number;
    }
  | {
      readonly ask: 'read';
      readonly prepared: number;
      readonly bank: number;
      readonly first: number;
      readonly count: number;
    }
  | { readonly ask: 'close'; readonly prepared: number };

/** What is prepared: its number, and the most pages or walkers in one call. */
export interface Prepared {
  readonly prepared: number;
  readonly batch: number;
}

export interface HostRequest {
  readonly id: number;
  readonly question: HostQuestion;
}

/** `load`, `build` and `close` are answered with nothing. */
export type HostAnswer = Prepared | Int32Array | Uint32Array | Int8Array | undefined;

export type HostReply =
  | { readonly id: number; readonly answer: HostAnswer }
  | { readonly id: number; readonly error: string };
