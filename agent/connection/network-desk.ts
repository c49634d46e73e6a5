import { MarkedHash } from '../../challenges/network/marked-hash.js';
import type { NetworkDownload, NetworkUpload } from '../../protocol/messages/network.js';
import type { NetworkLine } from './network-line.js';
import { upload } from './upload.js';

/** The device's side of the network exam (docs/protocol.md section 6), for one connection. */
export class NetworkDesk {
  readonly #line: NetworkLine;
  #download: { readonly exam: string; readonly hash: MarkedHash } | null = null;
  #upload = new AbortController();

  constructor(line: NetworkLine) {
    this.#line = line;
  }

  /** Takes one message; a new one of a kind replaces the last. Returns at once and never throws. */
  handle(message: NetworkDownload | NetworkUpload): void {
    if (message.type === 'network.download') {
      const { exam, bytes, reportBytes } = message;
      this.#download = { exam, hash: new MarkedHash(bytes, reportBytes) };
      return;
    }
    this.#upload.abort();
    const over = new AbortController();
    this.#upload = over;
    const timer = setTimeout(() => over.abort(), message.withinMs);
    void upload(message, this.#line, over.signal).finally(() => clearTimeout(timer));
  }

  /** Takes one binary frame. @returns false where it belongs to no download */
  frame(bytes: Uint8Array): boolean {
    const marks = this.#download?.hash.take(bytes) ?? null;
    if (this.#download === null || marks === null) return false;
    const { exam } = this.#download;
    for (const mark of marks) this.#line.report({ type: 'network.received', exam, ...mark });
    return true;
  }

  /** The connection has ended. */
  close(): void {
    this.#download = null;
    this.#upload.abort();
  }
}
