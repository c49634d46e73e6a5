import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { AgentMessage, VerifierMessage } from '../../protocol/messages/wire.js';

export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly headers?: Record<string, string>;
}

/** One HTTP request as it came: `POST /v1/nonces` and its body. */
export interface SeenRequest {
  readonly route: string;
  readonly body: Record<string, unknown>;
  /** The body as it came over the wire. */
  readonly text: string;
}

/** One connection of an agent. */
export interface SeenConnection {
  readonly socket: WebSocket;
  readonly token: string;
  readonly messages: AgentMessage[];
  send(message: VerifierMessage | Record<string, unknown> | string): void;
}

/** The least that an agent can talk to, over real HTTP and a real WebSocket. Judges nothing. */
export class TestVerifier {
  readonly requests: SeenRequest[] = [];
  readonly connections: SeenConnection[] = [];
  /** Routes that refuse at present; `GET /v1/agent` is the WebSocket's. */
  readonly refusals = new Map<string, Refusal>();
  /** Of `GET /v1/verifier`; undefined as with one of before there were reports, null where there is no such route. */
  fingerprintKey: string | undefined | null = null;
  /** Called for each new connection. */
  onConnection: (connection: SeenConnection) => void = () => {};
  readonly #server = createServer((request, reply) => void this.#serve(request, reply));
  readonly #sockets = new WebSocketServer({ noServer: true });
  #count = 0;

  async listen(): Promise<URL> {
    this.#server.on('upgrade', (request, socket, head) => {
      const refusal = this.refusals.get('GET /v1/agent');
      if (refusal) {
        const body = JSON.stringify({ code: refusal.code });
        const head = `HTTP/1.1 ${refusal.status} No\r\nContent-Type: application/problem+json\r\n`;
        socket.end(`${head}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
        return;
      }
      this.#sockets.handleUpgrade(request, socket, head, (ws) => this.#connected(ws, request));
    });
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
  }

  count(route: string): number {
    return this.requests.filter((request) => request.route === route).length;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #connected(socket: WebSocket, request: IncomingMessage): void {
    const connection: SeenConnection = {
      socket,
      token: (request.headers.authorization ?? '').replace('Bearer ', ''),
      messages: [],
      send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    };
    socket.on('message', (data) => connection.messages.push(JSON.parse(data.toString()) as AgentMessage));
    this.connections.push(connection);
    this.onConnection(connection);
  }

  async #serve(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const route = `${request.method} ${request.url}`;
    const text = Buffer.concat(chunks).toString();
    this.requests.push({ route, body: text === '' ? {} : JSON.parse(text), text });
    const refusal = this.refusals.get(route);
    const id = (++this.#count).toString(16).padStart(32, '0');
    const expiresAt = '2030-01-01T00:00:00Z';
    const bodies: Record<string, unknown> = {
      ...(this.fingerprintKey !== null && {
        'GET /v1/verifier': { version: '1', fingerprintKey: this.fingerprintKey },
      }),
      'POST /v1/nonces': { nonce: `no_${id}`, expiresAt },
      'POST /v1/devices': { id: 'a device' },
      'POST /v1/sessions': { token: `se_${id}${id}`, expiresAt },
    };
    const body = refusal ? { code: refusal.code, title: 'No', detail: 'No.', fix: 'None.' } : bodies[route];
    reply.writeHead(refusal?.status ?? (body ? 200 : 404), {
      'content-type': refusal ? 'application/problem+json' : 'application/json',
      ...refusal?.headers,
    });
    reply.end(JSON.stringify(body ?? {}));
  }
}
