import { setImmediate as nextTurn } from 'node:timers/promises';
import { SendWindow } from '../../challenges/network/send-window.js';
import { StreamSource } from '../../challenges/network/stream-source.js';
import { fromHex } from '../../protocol/bytes.js';
import type { NetworkUpload } from '../../protocol/messages/network.js';
import type { NetworkLine } from './network-line.js';

/** Small, so that an exam's answer goes out between two of them. */
const frameBytes = 16 * 1024;
/** We ask how far the verifier has read after each so many bytes. */
const askBytes = 2 * frameBytes;

/**
 * Sends what `network.upload` asks for, one frame at a time and no more on the way than the line carries: a commit must
 * not wait behind megabytes.
 *
 * @param signal ends it, as the end of the connection does. Never rejects.
 */
export async function upload(
  { seed, bytes }: Pick<NetworkUpload, 'seed' | 'bytes'>,
  line: NetworkLine,
  signal: AbortSignal,
): Promise<void> {
  const source = new StreamSource(fromHex(seed), 'upload', bytes);
  const window = new SendWindow();
  const ended = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  let read = () => {};
  while (!signal.aborted) {
    if (!window.open) {
      const more = new Promise<void>((resolve) => {
        read = resolve;
      });
      await Promise.race([more, ended]);
      continue;
    }
    const chunk = source.next(frameBytes);
    if (chunk === null) return;
    const { sent } = source;
    window.sent(sent, performance.now());
    if (!(await Promise.race([line.sendBytes(chunk), ended]))) return;
    if (sent % askBytes === 0) {
      line.whenRead(() => {
        window.acknowledged(sent, performance.now());
        read();
      });
    }
    await nextTurn();
  }
}
