import type { Logger } from 'pino';
import { TouchstoneError } from '../../protocol/error.js';
import type { Fact } from '../../scoring/facts/facts.js';
import type { Recorder } from '../devices/recorder.js';

/** Pause before a fact is offered again to a journal that took nothing. */
const pauseMs = 2_000;

/**
 * Offers a fact until the journal takes it, the device is not ours any more, or we close; then once more.
 * @returns whether it is on record; never rejects
 */
export async function recordPersistently(
  { recorder, log }: { readonly recorder: Pick<Recorder, 'record'>; readonly log: Pick<Logger, 'error'> },
  fact: Fact & { readonly device: string },
  closing: AbortSignal,
): Promise<boolean> {
  for (;;) {
    const last = closing.aborted;
    try {
      await recorder.record([fact]);
      return true;
    } catch (error) {
      // At home elsewhere by now: there it stands in the hot state.
      if (error instanceof TouchstoneError && error.code === 'session.moving') return false;
      log.error({ err: error, device: fact.device }, 'a probe could not be recorded');
      if (last) return false;
      await pause(closing);
    }
  }
}

/** Ends at once where we close. */
function pause(closing: AbortSignal): Promise<void> {
  if (closing.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      closing.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, pauseMs);
    closing.addEventListener('abort', end);
  });
}
