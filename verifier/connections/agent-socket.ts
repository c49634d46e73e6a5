import type { WebSocket } from 'ws';
import type { Clock } from '../../protocol/clock.js';
import { type Code, codeTable } from '../../protocol/codes/table.js';
import { limits } from '../../protocol/limits.js';
import type { AgentMessage, VerifierMessage } from '../../protocol/messages/wire.js';
import { Bucket } from '../edge/bucket.js';
import type { DeskMessage } from './desk.js';
import type { Connection } from './hub.js';
import { parseFrame } from './incoming.js';
import type { Transfer } from './line.js';
import { Pings } from './pings.js';
import { MessageRate } from './rate.js';
import { Transfers } from './transfers.js';

/** Bytes that may wait for a slow reader before the connection is given up. */
const maxBuffered = 4 * 1024 * 1024;
/** How long a peer has to answer our goodbye before it is cut off, milliseconds. */
const goodbyeMs = 2_000;
/** Refusals that a connection gets back in a second, after `limits.refusals` at once. */
const refusalsPerSecond = 1;
/** WebSocket close codes: 1008 policy violation, 1009 too big, 1001 going away. */
const closeCodes: Partial<Record<Code, number>> = { 'message.too-large': 1009, 'session.ended': 1001 };

export interface AgentSocketOptions {
  readonly device: string;
  readonly socket: WebSocket;
  readonly clock: Clock;
  /** Pause between pings; a peer of whom nothing comes after two is gone. */
  readonly pingMs: number;
  /** @returns the code with which the message is refused, or null */
  readonly receive: (message: DeskMessage, at: number) => Code | null;
  readonly closed: () => void;
  readonly refused: (code: Code) => void;
}

/** An agent's WebSocket: frames in and out, limits, life signs, transfers. Knows nothing of exams. */
export class AgentSocket implements Connection {
  readonly device: string;
  readonly #options: AgentSocketOptions;
  readonly #rate: MessageRate;
  /** An honest agent is refused when it was late, now and then. Who says nothing else only costs. */
  readonly #refusals: Bucket;
  readonly #pings: Pings;
  readonly #pinger: NodeJS.Timeout;
  readonly #transfers = new Transfers();
  /** Pings since the last sign of life. */
  #unanswered = 0;
  #lastSeenAt: number;
  #roundTripMs: number | null = null;
  /** We have said goodbye: nothing that still comes is looked at. */
  #closing = false;

  constructor(options: AgentSocketOptions) {
    const { socket, clock } = options;
    this.device = options.device;
    this.#options = options;
    this.#rate = new MessageRate(clock.monotonic());
    this.#refusals = new Bucket(refusalsPerSecond, limits.refusals, clock.monotonic());
    this.#pings = new Pings(socket, clock);
    this.#lastSeenAt = clock.now();
    socket.on('message', (data, isBinary) => this.#receive(data as Buffer, isBinary));
    socket.on('pong', (data) => this.#pings.pong(data) || this.#takeControl(data));
    // `ws` has answered it already, and ends the connection where its answers pile up.
    socket.on('ping', (data) => this.#takeControl(data));
    // `ws` reports a broken peer here and closes by itself; the end arrives as `close`.
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(this.#pinger);
      this.#pings.end();
      this.#transfers.end();
      options.closed();
    });
    this.#pinger = setInterval(() => this.#keepAlive(), options.pingMs);
    this.#keepAlive();
  }

  get roundTripMs(): number | null {
    return this.#roundTripMs;
  }

  get lastSeenAt(): number {
    return this.#lastSeenAt;
  }

  send(message: VerifierMessage): boolean {
    return this.prepare(message)();
  }

  prepare(message: VerifierMessage): () => boolean {
    const text = JSON.stringify(message);
    const answers = answersTo(message);
    return () => this.#sendText(text, answers);
  }

  close(code: 'session.superseded' | 'session.ended' | 'agent.too-old'): void {
    this.#refuse(code);
  }

  async ping(withinMs: number): Promise<number | null> {
    const tookMs = await this.#pings.ping(withinMs);
    if (tookMs !== null) {
      this.#hear();
      this.#roundTripMs = Math.min(this.#roundTripMs ?? Number.POSITIVE_INFINITY, tookMs);
    }
    return tookMs;
  }

  sendBytes(bytes: Uint8Array): Promise<boolean> {
    const { socket } = this.#options;
    if (socket.readyState !== socket.OPEN) return Promise.resolve(false);
    return new Promise((resolve) => socket.send(bytes, (error) => resolve(!error)));
  }

  startTransfer(transfer: Transfer): (() => void) | null {
    const { socket, clock } = this.#options;
    if (socket.readyState !== socket.OPEN) return null;
    const end = this.#transfers.start(transfer, () => clock.monotonic());
    if (end !== null) this.#rate.allowMessages(transfer.messages);
    return end;
  }

  #receive(data: Buffer, isBinary: boolean): void {
    if (this.#closing) return;
    const at = this.#options.clock.monotonic();
    this.#hear();
    if (data.length > (isBinary ? limits.transferFrameBytes : limits.frameBytes)) {
      return this.#refuse('message.too-large');
    }
    if (isBinary && this.#transfers.takeBytes(data, at)) return;
    if (!this.#rate.take(data.length, at)) return this.#refuse('message.too-many');
    if (isBinary) return this.#refuse('network.not-asked');
    const parsed = parseFrame(data, isBinary);
    if ('refused' in parsed) return this.#refuse(parsed.refused);
    const refused = this.#take(parsed.message, at);
    if (refused !== null) this.#refuse(refused, parsed.message);
  }

  #take(message: AgentMessage, at: number): Code | null {
    if (message.type !== 'network.received') return this.#options.receive(message, at);
    return this.#transfers.takeReport(message, at) ? null : 'network.not-asked';
  }

  /** A ping, or a pong that nobody waits for: harmless, and too many of them are too many messages. */
  #takeControl(data: Buffer): void {
    if (this.#closing) return;
    this.#hear();
    if (!this.#rate.take(data.length, this.#options.clock.monotonic())) this.#refuse('message.too-many');
  }

  #sendText(text: string, answers: number): boolean {
    const { socket } = this.#options;
    if (socket.readyState !== socket.OPEN) return false;
    if (socket.bufferedAmount > maxBuffered) {
      socket.terminate();
      return false;
    }
    this.#rate.allowAnswers(answers);
    socket.send(text);
    return true;
  }

  #hear(): void {
    this.#lastSeenAt = this.#options.clock.now();
    this.#unanswered = 0;
  }

  #refuse(code: Code, about?: AgentMessage): void {
    const now = this.#options.clock.monotonic();
    const entry = codeTable[code];
    if (entry.closes !== true && !this.#refusals.take(1, now)) return this.#refuse('message.too-many');
    const { title, detail, fix, closes } = entry;
    this.#options.refused(code);
    this.send({
      type: 'error',
      code,
      title,
      detail,
      fix,
      ...(about !== undefined && 'exam' in about && { exam: about.exam }),
      ...(about !== undefined && 'card' in about && { card: about.card }),
    });
    if (closes) this.#sayGoodbye(code);
  }

  /** The peer is given a moment to read why, and no more: it could go on sending until it answers our close. */
  #sayGoodbye(code: Code): void {
    const { socket } = this.#options;
    this.#closing = true;
    const timer = setTimeout(() => socket.terminate(), goodbyeMs);
    socket.once('close', () => clearTimeout(timer));
    socket.close(closeCodes[code] ?? 1008, code);
  }

  #keepAlive(): void {
    const { socket, pingMs } = this.#options;
    if (this.#unanswered >= 2) return socket.terminate();
    this.#unanswered += 1;
    void this.ping(2 * pingMs);
  }
}

/** How many large answers a message asks for: reveals, and commits, which come of all cards at one instant. */
function answersTo(message: VerifierMessage): number {
  if (message.type === 'exam.go') return message.cards.length;
  const { type } = message;
  return type === 'exam.open' || type === 'probe.open' || type === 'offline.open' ? 1 : 0;
}
