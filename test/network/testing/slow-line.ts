import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

const stepMs = 10;

/** A line to a server that carries only so many bytes a second towards it, and all it likes the other way. */
export class SlowLine {
  /** Bytes that have passed towards the server. */
  carried = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param to port on loopback */
  static async open(to: number, bytesPerSecond: number): Promise<SlowLine> {
    const server = createServer();
    const line = new SlowLine(server);
    server.on('connection', (near) => line.#join(near, connect(to, '127.0.0.1'), bytesPerSecond));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return line;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(near: Socket, far: Socket, bytesPerSecond: number): void {
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.on('error', () => {});
    }
    far.pipe(near);
    const timer = setInterval(() => {
      const chunk: Buffer | null = near.read(Math.min((bytesPerSecond * stepMs) / 1000, near.readableLength));
      if (chunk === null) return;
      this.carried += chunk.length;
      far.write(chunk);
    }, stepMs);
    near.on('readable', () => {});
    near.on('close', () => {
      clearInterval(timer);
      far.destroy();
    });
    far.on('close', () => near.destroy());
  }
}
