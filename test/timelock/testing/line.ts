import { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';

type Frame = readonly ['message', Buffer, boolean] | readonly ['ping' | 'pong', Buffer];

/**
 * One end of a connection, as much of a WebSocket as the verifier's own `AgentSocket` uses. Pings are answered by it as `ws`
 * does.
 */
export class LineEnd extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  readonly bufferedAmount = 0;
  /** Where frames go. */
  readonly #carry: (frame: Frame) => void;
  readonly #ended: () => void;

  constructor(carry: (frame: Frame) => void, ended: () => void) {
    super();
    this.#carry = carry;
    this.#ended = ended;
  }

  send(data: string, done: (error?: Error) => void = () => {}): void {
    this.#carry(['message', Buffer.from(data), false]);
    done();
  }

  ping(payload: Buffer = Buffer.alloc(0)): void {
    this.#carry(['ping', payload]);
  }

  terminate(): void {
    this.end();
    this.#ended();
  }

  close(): void {
    this.terminate();
  }

  arrive(frame: Frame): void {
    if (this.readyState !== this.OPEN) return;
    if (frame[0] === 'ping') this.#carry(['pong', frame[1]]);
    const [event, ...about] = frame;
    this.emit(event, ...about);
  }

  /** Over, also for whoever holds it. */
  end(): void {
    if (this.readyState !== this.OPEN) return;
    this.readyState = 3;
    this.emit('close', 1006, Buffer.alloc(0));
  }

  /** For code that wants the real thing. */
  get socket(): WebSocket {
    return this as unknown as WebSocket;
  }
}

/**
 * A line between an agent and a verifier, by the rules of TCP: what is sent arrives in its order, however late, or the connection
 * is over. Runs on held timers.
 */
export class Line {
  /** One way of the next frame, milliseconds. */
  delayMs: () => number = () => 20;
  #ends: readonly [LineEnd, LineEnd] | null = null;
  /** Since when nothing goes through: what is sent meanwhile waits. */
  #silent = false;
  #waiting: (() => void)[] = [];

  get silent(): boolean {
    return this.#silent;
  }

  /** A new connection: the agent's end, the verifier's. Null while nothing goes through. */
  connect(): { readonly agent: LineEnd; readonly verifier: LineEnd } | null {
    if (this.#silent) return null;
    const arrivals: [number, number] = [0, 0];
    const carry = (to: 0 | 1) => (frame: Frame) => {
      const at = Math.max(arrivals[to], performance.now() + this.delayMs());
      arrivals[to] = at;
      setTimeout(() => this.#through(() => ends[to].arrive(frame)), at - performance.now());
    };
    // The other end hears of it like of everything else; where nothing goes through it must find out by itself.
    const ended = (other: 0 | 1) => () => setTimeout(() => this.#through(() => ends[other].end()), 20);
    const ends: [LineEnd, LineEnd] = [new LineEnd(carry(1), ended(1)), new LineEnd(carry(0), ended(0))];
    this.#ends = ends;
    return { agent: ends[0], verifier: ends[1] };
  }

  /** Breaks the connection, as a restarted router does: both ends know at once, and what was on its way is lost. */
  break(): void {
    this.#waiting = [];
    for (const end of this.#ends ?? []) end.end();
  }

  /** Nothing goes through any more, and nobody is told. */
  cut(): void {
    this.#silent = true;
  }

  /** What waits arrives, in its order, where its connection still lives. */
  mend(): void {
    this.#silent = false;
    for (const arrive of this.#waiting.splice(0)) arrive();
  }

  #through(arrive: () => void): void {
    if (this.#silent) this.#waiting.push(arrive);
    else arrive();
  }
}
