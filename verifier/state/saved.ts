import type { Logger } from 'pino';
import type { HotState } from './state.js';

/** A value that could not be saved is offered again so often, with pauses between: longer than a verifier keeps its devices then. */
const tries = 20;
const pauseMs = 500;

export interface SavedOptions {
  /** Null where no other verifier is there to take anything up: then nothing is saved. */
  readonly state: Pick<HotState, 'get' | 'put' | 'take'> | null;
  /** Begin of the keys. */
  readonly name: string;
  readonly ttlMs: number;
  readonly log: Pick<Logger, 'error'>;
}

/**
 * What one verifier leaves in the hot state for the next home of a device: JSON by key. Saving costs its caller nothing: the
 * newest value of a key is written when the present work is done, and one that is older never comes after it.
 */
export class Saved<T> {
  readonly #options: SavedOptions;
  readonly #waiting = new Map<string, T | null>();
  readonly #writing = new Map<string, Promise<void>>();

  constructor(options: SavedOptions) {
    this.#options = options;
  }

  /** Saves a value, or removes what stands where it is null. Read when it is written: it is not to be changed afterwards. */
  put(key: string, value: T | null): void {
    if (this.#options.state === null) return;
    this.#waiting.set(key, value);
    if (this.#writing.has(key)) return;
    this.#writing.set(key, this.#write(key));
  }

  /** Resolves when all that was put under a key stands there, or could not be saved. Never rejects. */
  async flush(key: string): Promise<void> {
    await this.#writing.get(key);
  }

  /** What stands there, also by another verifier; null where nothing does. @throws TouchstoneError `service.busy` */
  async get(key: string): Promise<T | null> {
    const text = (await this.#options.state?.get(this.#keyOf(key))) ?? null;
    return text === null ? null : (JSON.parse(text) as T);
  }

  /** What still waits is not written: the device is not ours any more. */
  forget(key: string): void {
    this.#waiting.delete(key);
  }

  async #write(key: string): Promise<void> {
    await new Promise(setImmediate);
    for (let tried = 1; this.#waiting.has(key); tried += 1) {
      const value = this.#waiting.get(key) ?? null;
      try {
        await this.#store(key, value);
        if (this.#waiting.get(key) === value) this.#waiting.delete(key);
        tried = 0;
      } catch (error) {
        if (tried === 1) this.#options.log.error({ err: error, key: this.#keyOf(key) }, 'could not be saved');
        if (tried >= tries) this.#waiting.delete(key);
        else await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
    // In the same turn as the last look: what is put from now on begins anew.
    this.#writing.delete(key);
  }

  async #store(key: string, value: T | null): Promise<void> {
    const { state, ttlMs } = this.#options;
    if (value === null) await state?.take(this.#keyOf(key));
    else await state?.put(this.#keyOf(key), JSON.stringify(value), ttlMs);
  }

  #keyOf(key: string): string {
    return `${this.#options.name}/${key}`;
  }
}
