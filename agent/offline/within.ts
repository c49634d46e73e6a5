/**
 * Waits for `work`, but no longer than `ms` and only until `signal` is aborted. Never rejects: what came of `work` is for
 * whoever began it.
 */
export function within(ms: number, signal: AbortSignal, work: Promise<unknown>): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
    work.then(end, end);
  });
}

/** Waits for `ms`, or until `signal` is aborted. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  within(ms, signal, new Promise(() => {}));
