import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { uniformFrom } from '../../../protocol/testing/uniform.js';
import { RawAgent } from '../../verifier/testing/raw-agent.js';

/** Pause before a line that was closed is opened again, milliseconds. */
const pauseMs = 20;
/** Bytes that may wait on a line before the flood waits for its reader. */
const mostWaiting = 256 * 1024;

export interface FloodOptions {
  /** Enrolled devices that send junk as fast as their line takes it. */
  readonly liars: number;
  /** Who has no session and knocks without end. */
  readonly strangers: number;
}

const hex = 'ab'.repeat(32);
const about = { exam: `ex_${'12'.repeat(16)}`, card: 0 };
/** What liars send: frames that are no message, messages without sense, answers that nobody asked for, large ones. */
const junk: readonly string[] = [
  'junk',
  '['.repeat(5_000),
  JSON.stringify({ type: 'no.such-message' }),
  JSON.stringify({ type: 'exam.commit', card: 'x' }),
  JSON.stringify({ type: 'exam.commit', ...about, part: 'compute', seed: hex, roots: Array(32).fill(hex) }),
  JSON.stringify({ type: 'exam.reveal', ...about, part: 'compute', reveals: Array(32).fill({ a: hex }) }),
  JSON.stringify({ type: 'exam.ready', ...about, part: 'memory', engine: 'reference' }),
];

/** Junk commits, reveals and handshakes without end, from one process. */
export class Flood {
  readonly #url: string;
  readonly #random = uniformFrom(7);
  readonly #ends: Promise<void>[] = [];
  readonly #sockets = new Set<WebSocket>();
  #over = false;
  /** Frames that were sent, lines that were opened, requests that were answered. */
  readonly counts = { frames: 0, lines: 0, requests: 0 };
  /** How often lines were closed, by reason. */
  readonly closed = new Map<string, number>();

  private constructor(url: string) {
    this.#url = url;
  }

  /** Resolves when all liars are enrolled and the flood has begun. */
  static async begin(url: string, { liars, strangers }: FloodOptions): Promise<Flood> {
    const flood = new Flood(url);
    const tokens = await Promise.all(Array.from({ length: liars }, () => sessionOf(url)));
    for (const token of tokens) flood.#ends.push(flood.#lie(token));
    for (let i = 0; i < strangers; i += 1) flood.#ends.push(flood.#knock());
    return flood;
  }

  async end(): Promise<void> {
    this.#over = true;
    for (const socket of this.#sockets) socket.terminate();
    await Promise.all(this.#ends);
  }

  async #lie(token: string): Promise<void> {
    for (let next = token; !this.#over; ) {
      next = await this.#oneLine(next);
      await sleep(pauseMs);
    }
  }

  /** @returns the token for the line after it */
  #oneLine(token: string): Promise<string> {
    const url = `${this.#url.replace('http', 'ws')}/v1/agent`;
    const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } });
    this.#sockets.add(socket);
    let next = token;
    socket.on('message', (data) => {
      const said = JSON.parse(String(data)) as { type: string; token: string };
      if (said.type === 'session') next = said.token;
    });
    const pump = () => {
      if (socket.readyState !== WebSocket.OPEN) return;
      for (let i = 0; i < 50 && socket.bufferedAmount < mostWaiting; i += 1) {
        socket.send(junk[Math.floor(this.#random() * junk.length)] ?? 'junk');
        this.counts.frames += 1;
      }
      setImmediate(pump);
    };
    socket.on('open', () => {
      this.counts.lines += 1;
      pump();
    });
    socket.on('error', () => {});
    return new Promise((resolve) =>
      socket.on('close', (_code, reason) => {
        this.#sockets.delete(socket);
        const why = String(reason);
        this.closed.set(why, (this.closed.get(why) ?? 0) + 1);
        resolve(next);
      }),
    );
  }

  async #knock(): Promise<void> {
    const headers = { 'content-type': 'application/json', authorization: `Bearer se_${hex}` };
    const body = JSON.stringify({
      device: hex,
      nonce: `no_${'12'.repeat(16)}`,
      host: 'x',
      signature: hex + hex,
    });
    while (!this.#over) {
      for (const path of ['/v1/sessions', '/v1/devices', '/v1/agent']) {
        const init = path === '/v1/agent' ? { headers } : { method: 'POST', headers, body };
        const response = await fetch(`${this.#url}${path}`, init).catch(() => null);
        await response?.body?.cancel();
        this.counts.requests += 1;
      }
    }
  }
}

async function sessionOf(url: string): Promise<string> {
  const agent = new RawAgent(url);
  await agent.enrol();
  const { body } = await agent.request('POST', '/v1/sessions', await agent.sessionRequest());
  return body.token as string;
}
