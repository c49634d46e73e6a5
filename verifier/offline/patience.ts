import { TouchstoneError } from '../../protocol/error.js';

/** Pause between two tries, milliseconds. */
const pauseMs = 2_000;
/** While others only stand before it, an answer waits for some minutes. */
const fullTries = 150;
/** A worker that dies under a check twice dies under it again. */
const tries = 2;

/**
 * Does again what failed by our own fault: where a queue is full, for some minutes. The answer of the device is at hand, so
 * it is asked for nothing twice.
 * @throws what the last try threw
 */
export async function patiently<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await work();
    } catch (error) {
      const full = error instanceof TouchstoneError && error.code === 'queue.full';
      if (signal.aborted || tried >= (full ? fullTries : tries)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
