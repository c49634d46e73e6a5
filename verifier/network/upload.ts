import { UploadCheck } from '../../challenges/network/upload-check.js';
import { toHex } from '../../protocol/bytes.js';
import type { Clock } from '../../protocol/clock.js';
import { limits } from '../../protocol/limits.js';
import type { Connection } from '../connections/hub.js';
import { quiet } from './quiet.js';
import type { NetworkSettings } from './settings.js';
import { Ending, type TransferResult } from './transfer-end.js';

/**
 * Asks for bytes that follow from a seed, and checks each frame as it comes. Ends at the first wrong one. The line is
 * quiet when it is over.
 *
 * @param seed 32 bytes, unknown to the device before
 * @returns null when the connection ended, or another transfer is not over yet
 */
export async function upload(
  connection: Connection,
  exam: string,
  seed: Uint8Array,
  { transferBytes: bytes, transferMs, quietMs }: NetworkSettings,
  clock: Clock,
): Promise<TransferResult | null> {
  const check = new UploadCheck(seed, bytes);
  const ending = new Ending(transferMs);
  let endedAt = Number.NaN;
  const stop = connection.startTransfer({
    exam,
    uploadBytes: bytes,
    // An agent may ping between its frames, to see how far they are.
    messages: Math.ceil(bytes / limits.transferFrameBytesAtLeast),
    onBytes: (frame, at) => {
      if (ending.end !== null) return;
      endedAt = at;
      if (!check.accepts(frame)) ending.reach('wrong');
      else if (check.complete) ending.reach('complete');
    },
    // Reports of the download that were on the way when its time was over.
    onReport: () => {},
    onGone: () => ending.reach('gone'),
  });
  const startedAt = clock.monotonic();
  const request = { type: 'network.upload', exam, seed: toHex(seed), bytes, withinMs: transferMs } as const;
  if (stop === null || !connection.send(request)) ending.reach('gone');
  const end = await ending.reached;
  stop?.();
  if (end === 'gone') return null;
  const until = end === 'late' ? clock.monotonic() : endedAt;
  // The device's own time may have begun seconds later: a new order ends it.
  if (end !== 'complete') connection.send({ ...request, bytes: 0, withinMs: 0 });
  await quiet(connection, end, quietMs);
  return { bytes: check.right, elapsedMs: until - startedAt, wrong: end === 'wrong' };
}
