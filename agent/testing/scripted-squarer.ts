import type { Squarer } from '../../challenges/engines/squarer.js';
import { stream } from '../../challenges/stream.js';
import { hashOf } from '../../protocol/transcript.js';

/** What stands for the solution: cheap, and different for each base. 256 bytes. */
export const scriptedSolution = (base: Uint8Array): Uint8Array =>
  stream(hashOf('scripted', base), 'solution', 0, 256);

export interface SquareCall {
  readonly base: Uint8Array;
  readonly squarings: number;
  ended: 'running' | 'solved' | 'stopped' | 'failed';
}

/** Takes its time by the timers, and squares nothing. */
export class ScriptedSquarer implements Squarer {
  readonly name = 'scripted';
  readonly calls: SquareCall[] = [];
  /** Next pieces fail with these, at once. */
  readonly failures: Error[] = [];
  readonly #perSecond: number;
  readonly #began: (call: SquareCall) => void;

  /** @param began called at the beginning of each piece */
  constructor(perSecond: number, began: (call: SquareCall) => void = () => {}) {
    this.#perSecond = perSecond;
    this.#began = began;
  }

  get running(): number {
    return this.calls.filter(({ ended }) => ended === 'running').length;
  }

  square(
    _modulus: Uint8Array,
    base: Uint8Array,
    squarings: number,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const call: SquareCall = { base, squarings, ended: 'running' };
    this.calls.push(call);
    this.#began(call);
    return new Promise((resolve, reject) => {
      const end = (how: SquareCall['ended'], then: () => void): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
        call.ended = how;
        then();
      };
      const stop = (): void => end('stopped', () => reject(signal.reason));
      const failure = this.failures.shift();
      const ms = failure ? 0 : (squarings / this.#perSecond) * 1000;
      const timer = setTimeout(() => {
        if (failure) end('failed', () => reject(failure));
        else end('solved', () => resolve(scriptedSolution(base)));
      }, ms);
      signal.addEventListener('abort', stop);
    });
  }

  async close(): Promise<void> {}
}
