import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import WebSocket from 'ws';
import type { CardClaim } from '../../protocol/messages/cards.js';
import { type SigningPurpose, signingBytes } from '../../protocol/signing.js';

/** No engine can examine it: the agent is there, and nothing is asked of it. */
const card: CardClaim = {
  kind: 'gpu',
  model: 'NVIDIA GeForce RTX 4090',
  memoryBytes: 24 * 2 ** 30,
  engine: null,
};
/** Refused with a code: it goes the way of every message, to the desks and back. */
const command = JSON.stringify({
  type: 'exam.decline',
  exam: `ex_${'0'.repeat(32)}`,
  card: 0,
  part: 'compute',
  message: 'bench',
});

/** An agent that is connected and does nothing else. */
export class IdleAgent {
  readonly #url: string;
  readonly #key: KeyObject;
  readonly #device: string;
  #socket: WebSocket | null = null;

  constructor(url: string) {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    this.#url = url;
    this.#key = privateKey;
    this.#device = Buffer.from(String(publicKey.export({ format: 'jwk' }).x), 'base64url').toString('hex');
  }

  async connect(): Promise<void> {
    const about = { name: 'idle', agent: { version: '0', platform: 'bench' }, cards: [card] };
    await this.#post('/v1/devices', await this.#signed('enrol', about));
    const { token } = await this.#post('/v1/sessions', await this.#signed('session', {}));
    const socket = new WebSocket(`${this.#url.replace('http', 'ws')}/v1/agent`, {
      headers: { authorization: `Bearer ${token}` },
      perMessageDeflate: false,
    });
    this.#socket = socket;
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    socket.on('error', () => {});
  }

  /** Milliseconds from a message to its answer. */
  async roundTrip(): Promise<number> {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) throw new Error('an agent was disconnected');
    const start = performance.now();
    return new Promise((resolve, reject) => {
      const hear = (data: Buffer) => {
        const { type, code } = JSON.parse(String(data)) as { type: string; code?: string };
        if (type !== 'error') return;
        socket.off('message', hear);
        if (code === 'exam.unknown') resolve(performance.now() - start);
        else reject(new Error(`refused with ${code}`));
      };
      socket.on('message', hear);
      socket.send(command);
    });
  }

  close(): void {
    this.#socket?.terminate();
  }

  async #signed(purpose: SigningPurpose, about: object): Promise<object> {
    const { nonce } = await this.#post('/v1/nonces');
    const message = { ...about, device: this.#device, nonce, host: new URL(this.#url).host };
    return { ...message, signature: sign(null, signingBytes(purpose, message), this.#key).toString('hex') };
  }

  async #post(path: string, body?: object): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.#url}${path}`, {
      method: 'POST',
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (!response.ok) throw new Error(`${path}: ${response.status} ${answer.code}`);
    return answer;
  }
}
