import { randomBytes } from 'node:crypto';
import WebSocket from 'ws';
import { NetworkDesk } from '../../../agent/connection/network-desk.js';
import { networkLine } from '../../../agent/connection/network-line.js';
import { type Identity, identityOf } from '../../../agent/identity.js';
import type { CardClaim } from '../../../protocol/messages/cards.js';
import type { VerifierMessage } from '../../../protocol/messages/wire.js';
import type { SigningPurpose } from '../../../protocol/signing.js';

export const cpuClaim: CardClaim = {
  kind: 'cpu',
  model: 'Test CPU',
  memoryBytes: 2 ** 34,
  engine: 'onnx-cpu',
  warmupGflops: 0.05,
};

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** An agent without manners: signs and sends whatever a test wants. */
export class RawAgent {
  readonly url: string;
  readonly identity: Identity;

  constructor(url: string, identity = identityOf(randomBytes(32))) {
    this.url = url;
    this.identity = identity;
  }

  get device(): string {
    return this.identity.device;
  }

  async request(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      ...(body !== undefined && {
        body: typeof body === 'string' ? body : JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  }

  async nonce(): Promise<string> {
    return (await this.request('POST', '/v1/nonces')).body.nonce as string;
  }

  /** Signed by this agent, unless a test changes it afterwards. */
  signed(purpose: SigningPurpose, message: Record<string, unknown>): Record<string, unknown> {
    return { ...message, signature: this.identity.sign(purpose, message) };
  }

  async enrolment(cards: readonly unknown[] = [cpuClaim]): Promise<Record<string, unknown>> {
    return this.signed('enrol', {
      device: this.device,
      nonce: await this.nonce(),
      host: new URL(this.url).host,
      name: 'raw',
      agent: { version: '0', platform: 'test' },
      cards,
    });
  }

  async enrol(cards?: readonly unknown[]): Promise<Answer> {
    return this.request('POST', '/v1/devices', await this.enrolment(cards));
  }

  async sessionRequest(): Promise<Record<string, unknown>> {
    return this.signed('session', {
      device: this.device,
      nonce: await this.nonce(),
      host: new URL(this.url).host,
    });
  }

  /** Opens a session and a socket. */
  async connect(): Promise<RawSocket> {
    const { body } = await this.request('POST', '/v1/sessions', await this.sessionRequest());
    return RawSocket.open(this.url, body.token as string);
  }
}

type Typed<T extends VerifierMessage['type']> = Extract<VerifierMessage, { type: T }>;

/**
 * A WebSocket that keeps all that came, so that a test can wait for what it needs. Only its line is measured without the
 * test's doing.
 */
export class RawSocket {
  readonly socket: WebSocket;
  readonly received: VerifierMessage[] = [];
  closed: { code: number; reason: string } | null = null;
  #changed: () => void = () => {};

  private constructor(socket: WebSocket) {
    this.socket = socket;
    const network = new NetworkDesk(networkLine(socket));
    socket.on('message', (data, isBinary) => {
      if (isBinary) return void network.frame(data as Buffer);
      const message = JSON.parse(String(data)) as VerifierMessage;
      if (message.type === 'network.download' || message.type === 'network.upload') network.handle(message);
      this.received.push(message);
      this.#changed();
    });
    socket.on('close', (code, reason) => {
      network.close();
      this.closed = { code, reason: String(reason) };
      this.#changed();
    });
    socket.on('error', () => {});
  }

  static async open(url: string, token: string): Promise<RawSocket> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/agent`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const raw = new RawSocket(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return raw;
  }

  send(message: unknown): void {
    this.socket.send(
      typeof message === 'string' || message instanceof Buffer ? message : JSON.stringify(message),
    );
  }

  /** The next message of a type that no earlier call has returned. */
  async next<T extends VerifierMessage['type']>(type: T): Promise<Typed<T>> {
    for (;;) {
      const at = this.received.findIndex((message) => message.type === type);
      if (at >= 0) return this.received.splice(at, 1)[0] as Typed<T>;
      if (this.closed !== null)
        throw new Error(`closed (${this.closed.code} ${this.closed.reason}) before ${type}`);
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  async untilClosed(): Promise<{ code: number; reason: string }> {
    while (this.closed === null) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
    return this.closed;
  }

  /** Sends a message and returns the code with which it is refused. */
  async refusal(message: unknown): Promise<string> {
    this.send(message);
    return (await this.next('error')).code;
  }
}
