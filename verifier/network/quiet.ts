import type { Line } from '../connections/line.js';
import type { TransferEnd } from './transfer-end.js';

/**
 * Waits until nothing of a transfer is on its way any more: an answer that is timed must not queue behind its bytes. Only one
 * that came to its end by itself has left nothing.
 *
 * @param quietMs longest wait
 */
export async function quiet(line: Line, end: TransferEnd, quietMs: number): Promise<void> {
  // Its answer comes behind all that either side had sent before.
  if (end === 'late' || end === 'wrong') await line.ping(quietMs);
}
