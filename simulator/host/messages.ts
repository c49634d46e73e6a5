import type { EngineShape } from '../../challenges/engines/engine.js';
import type { PageNetwork } from '../../challenges/pages/network.js';
import type { StartVectors } from '../../challenges/pages/start.js';

/** What the thread with the engine is asked. `prepared` is the number that `prepare` answered with. */
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
  | { readonly ask: 'close'; readonly prepared: number };

/** What `prepare` is answered with; `digests` is answered with an Int32Array, the others with nothing. */
export interface Prepared {
  readonly prepared: number;
  readonly batchPages: number;
}

export interface HostRequest {
  readonly id: number;
  readonly question: HostQuestion;
}

export type HostReply =
  | { readonly id: number; readonly answer: Prepared | Int32Array | undefined }
  | { readonly id: number; readonly error: string };
