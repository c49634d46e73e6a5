import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../../protocol/clock.js';
import { type Code, codeTable } from '../../protocol/codes/table.js';
import { limits } from '../../protocol/limits.js';
import type { AgentMessage, VerifierMessage } from '../../protocol/messages/exam.js';
import type { Connection } from './hub.js';
import { parseFrame } from './incoming.js';
import { MessageRate } from './rate.js';

/** Bytes that may wait for a slow reader before the connection is given up. */
const maxBuffered = 4 * 1024 * 1024;
/** WebSocket close codes: 1008 policy violation, 1009 too big, 1001 going away. */
const closeCodes: Partial<Record<Code, number>> = { 'message.too-large': 1009, 'session.ended': 1001 };

export interface AgentSocketOptions {
  readonly device: string;
  readonly socket: WebSocket;
  readonly clock: Clock;
  /** Pause between pings; a peer that answers none of two is gone. */
  readonly pingMs: number;
  /** @returns the code with which the message is refused, or null */
  readonly receive: (message: AgentMessage, at: number) => Code | null;
  readonly closed: () => void;
  readonly refused: (code: Code) => void;
}

/** An agent's WebSocket: frames in and out, limits, life signs. Knows nothing of exams. */
export class AgentSocket implements Connection {
  readonly device: string;
  readonly #options: AgentSocketOptions;
  readonly #rate: MessageRate;
  readonly #pinger: NodeJS.Timeout;
  #pingAt: number | null = null;
  #missed = 0;
  #lastSeenAt: number;
  #roundTripMs: number | null = null;

  constructor(options: AgentSocketOptions) {
    const { socket, clock } = options;
    this.device = options.device;
    this.#options = options;
    this.#rate = new MessageRate(clock.monotonic());
    this.#lastSeenAt = clock.now();
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('pong', () => this.#pong());
    // `ws` reports a broken peer here and closes by itself; the end arrives as `close`.
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(this.#pinger);
      options.closed();
    });
    this.#pinger = setInterval(() => this.#ping(), options.pingMs);
    this.#ping();
  }

  get roundTripMs(): number | null {
    return this.#roundTripMs;
  }

  get lastSeenAt(): number {
    return this.#lastSeenAt;
  }

  send(message: VerifierMessage): boolean {
    const { socket } = this.#options;
    if (socket.readyState !== socket.OPEN) return false;
    if (socket.bufferedAmount > maxBuffered) {
      socket.terminate();
      return false;
    }
    if (message.type === 'exam.open') this.#rate.allowAnswer();
    socket.send(JSON.stringify(message));
    return true;
  }

  close(code: 'session.superseded' | 'session.ended'): void {
    this.#refuse(code);
  }

  #receive(data: RawData, isBinary: boolean): void {
    const at = this.#options.clock.monotonic();
    this.#lastSeenAt = this.#options.clock.now();
    if ((data as Buffer).length > limits.frameBytes) return this.#refuse('message.too-large');
    if (!this.#rate.take((data as Buffer).length, at)) return this.#refuse('message.too-many');
    const parsed = parseFrame(data as Buffer, isBinary);
    if ('refused' in parsed) return this.#refuse(parsed.refused);
    const refused = this.#options.receive(parsed.message, at);
    if (refused !== null) this.#refuse(refused, parsed.message);
  }

  #refuse(code: Code, about?: AgentMessage): void {
    const { socket } = this.#options;
    const { title, detail, fix, closes } = codeTable[code];
    this.#options.refused(code);
    this.send({
      type: 'error',
      code,
      title,
      detail,
      fix,
      ...(about === undefined ? {} : { exam: about.exam, card: about.card }),
    });
    if (closes) socket.close(closeCodes[code] ?? 1008, code);
  }

  #ping(): void {
    const { socket, clock } = this.#options;
    if (this.#pingAt !== null) this.#missed += 1;
    if (this.#missed >= 2) return socket.terminate();
    this.#pingAt = clock.monotonic();
    if (socket.readyState === socket.OPEN) socket.ping();
  }

  #pong(): void {
    if (this.#pingAt === null) return;
    const took = this.#options.clock.monotonic() - this.#pingAt;
    this.#pingAt = null;
    this.#missed = 0;
    this.#lastSeenAt = this.#options.clock.now();
    this.#roundTripMs = Math.min(this.#roundTripMs ?? Number.POSITIVE_INFINITY, took);
  }
}
