import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Change } from './change.js';

export interface StreamTimes {
  /** A comment is sent after so long without anything else: proxies cut lines that say nothing. Milliseconds. */
  readonly quietMs: number;
  /** A reader who takes nothing for so long is cut off. It has the id of the last event that it took, and goes on from there. */
  readonly stuckMs: number;
}

const usual: StreamTimes = { quietMs: 15_000, stuckMs: 30_000 };

/** Server-sent events to one reader, at the reader's pace. */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #gone = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #cut: () => void;
  readonly #stuckMs: number;
  /** Where the reader is, where it was not told yet. */
  #untold: string | null = null;

  /**
   * @param response with its headers not yet sent
   * @param cut told where the reader was too slow
   */
  constructor(
    response: ServerResponse,
    headers: Record<string, string | string[] | number>,
    cut: () => void = () => {},
    times = usual,
  ) {
    this.#response = response;
    this.#cut = cut;
    this.#stuckMs = times.stuckMs;
    response.on('close', () => this.#end());
    response.on('error', () => this.#end());
    response.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // After the end nothing more is to be asked on this connection, and closing must not wait for it.
      connection: 'close',
      // nginx would gather events until a buffer is full.
      'x-accel-buffering': 'no',
    });
    this.#timer = setTimeout(() => this.#sayAlive(), times.quietMs).unref();
    if (response.destroyed) this.#end();
  }

  /** Aborted when the reader is gone. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** One change. Resolves when the reader can take more, or is gone. */
  async change(change: Change, cursor: string): Promise<void> {
    await this.#write(`id: ${cursor}\nevent: ${change.type}\ndata: ${JSON.stringify(change)}\n\n`);
  }

  /** Tells the reader its place at once, though nothing happened. */
  async begin(cursor: string): Promise<void> {
    await this.#write(`id: ${cursor}\nevent: place\ndata: {}\n\n`);
  }

  /** The reader is further than the last event that was for it: it is told when there is nothing else to say. */
  passed(cursor: string): void {
    this.#untold = cursor;
  }

  close(): void {
    this.#end();
    this.#response.end();
  }

  async #write(text: string): Promise<void> {
    if (this.#gone.signal.aborted) return;
    this.#timer.refresh();
    this.#untold = null;
    if (this.#response.write(text)) return;
    const stuck = AbortSignal.timeout(this.#stuckMs);
    await once(this.#response, 'drain', { signal: AbortSignal.any([stuck, this.#gone.signal]) }).catch(() => {
      if (stuck.aborted) this.#cut();
      this.#end();
      this.#response.destroy();
    });
  }

  #sayAlive(): void {
    this.#timer.refresh();
    // A full buffer is waited for by who filled it.
    if (this.#response.writableNeedDrain) return;
    if (this.#untold === null) this.#response.write(': alive\n\n');
    else void this.begin(this.#untold);
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#gone.abort();
  }
}
