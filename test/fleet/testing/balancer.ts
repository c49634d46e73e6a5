import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A proxy in front of several verifiers, as they are run: each connection goes to one of those that listen. */
export class Balancer {
  readonly #server: Server;
  readonly #ports: readonly number[];
  readonly #clients = new Set<Socket>();
  /** Which of them is tried first for a new connection; the others follow. */
  first: () => number;

  private constructor(server: Server, ports: readonly number[], first: () => number) {
    this.#server = server;
    this.#ports = ports;
    this.first = first;
    server.on('connection', (client) => {
      this.#clients.add(client);
      client.on('error', () => {});
      client.on('close', () => this.#clients.delete(client));
      this.#lead(client, this.first());
    });
  }

  /** @param uniform draws the verifier of each connection */
  static async open(ports: readonly number[], uniform: () => number): Promise<Balancer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Balancer(server, ports, () => Math.floor(uniform() * ports.length));
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get url(): URL {
    return new URL(`http://${this.host}`);
  }

  /** Ends all connections that go through it. */
  cut(): void {
    for (const client of this.#clients) client.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
  }

  #lead(client: Socket, from: number, tried = 0): void {
    const port = this.#ports[(from + tried) % this.#ports.length];
    if (port === undefined || tried === this.#ports.length) {
      client.destroy();
      return;
    }
    const verifier = connect(port, '127.0.0.1');
    verifier.once('connect', () => {
      verifier.removeAllListeners('error');
      for (const [one, other] of [
        [client, verifier],
        [verifier, client],
      ] as const) {
        one.on('error', () => other.destroy());
        one.on('close', () => other.destroy());
        one.pipe(other);
      }
    });
    verifier.once('error', () => this.#lead(client, from, tried + 1));
  }
}
