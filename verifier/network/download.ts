import { setImmediate as nextTurn } from 'node:timers/promises';
import { DownloadProof } from '../../challenges/network/download-proof.js';
import { SendWindow } from '../../challenges/network/send-window.js';
import { StreamSource } from '../../challenges/network/stream-source.js';
import type { Clock } from '../../protocol/clock.js';
import type { Connection } from '../connections/hub.js';
import { quiet } from './quiet.js';
import type { NetworkSettings } from './settings.js';
import { Ending, type TransferResult } from './transfer-end.js';

/** Small, so that exam messages to the device go out between two of them. */
const frameBytes = 16 * 1024;

/**
 * Sends bytes that the device can't know, and times its reports of their hash. One frame at a time, and no more on the way
 * than the line carries. The line is quiet when it is over.
 *
 * @param seed 32 bytes; the device is never told
 * @returns null when the connection ended, or a transfer runs on it already
 */
export async function download(
  connection: Connection,
  exam: string,
  seed: Uint8Array,
  { transferBytes: bytes, reportBytes, transferMs, quietMs }: NetworkSettings,
  clock: Clock,
): Promise<TransferResult | null> {
  const source = new StreamSource(seed, 'download', bytes);
  const proof = new DownloadProof(bytes, reportBytes);
  const window = new SendWindow();
  const ending = new Ending(transferMs);
  let endedAt = Number.NaN;
  let reported = () => {};
  const stop = connection.startTransfer({
    exam,
    uploadBytes: 0,
    messages: Math.ceil(bytes / reportBytes),
    onBytes: () => {},
    onReport: (report, at) => {
      if (ending.end !== null) return;
      endedAt = at;
      if (!proof.accepts(report)) ending.reach('wrong');
      else if (proof.proven === bytes) ending.reach('complete');
      window.acknowledged(proof.proven, at);
      reported();
    },
    onGone: () => ending.reach('gone'),
  });
  const send = async (chunk: Uint8Array) => {
    proof.sends(chunk);
    window.sent(source.sent, clock.monotonic());
    if (!(await connection.sendBytes(chunk))) ending.reach('gone');
  };
  const nextReport = () =>
    new Promise<void>((resolve) => {
      reported = resolve;
    });

  const request = { type: 'network.download', exam, bytes, reportBytes } as const;
  if (stop === null || !connection.send(request)) ending.reach('gone');
  const startedAt = clock.monotonic();
  while (ending.end === null) {
    const chunk = window.open ? source.next(frameBytes) : null;
    await Promise.race([chunk === null ? nextReport() : send(chunk), ending.reached]);
    // A fast line takes frames without end: everybody else's messages come first.
    await nextTurn();
  }
  stop?.();
  if (ending.end === 'gone') return null;
  const until = ending.end === 'late' ? clock.monotonic() : endedAt;
  await quiet(connection, ending.end, quietMs);
  return { bytes: proof.proven, elapsedMs: until - startedAt, wrong: ending.end === 'wrong' };
}
