import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly id: string;
}

/** A receiver of webhooks, which answers as it is told. */
export async function openReceiver() {
  const received: Received[] = [];
  let answer: () => {
    readonly status: number;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  } = () => ({ status: 204 });
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { headers } = request;
      received.push({ headers, body: Buffer.concat(chunks).toString(), id: String(headers['webhook-id']) });
      const { status, headers: own, body } = answer();
      response.writeHead(status, own).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    /** Ids of the changes that came, in their order, each try counted. */
    ids: () => received.map(({ id }) => id),
    answers(next: typeof answer) {
      answer = next;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
