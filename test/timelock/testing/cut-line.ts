import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A line to a server that can be cut, and joined again. Each connection over it is lost with the cut. */
export class CutLine {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;
  /** Port on loopback. */
  #to: number | null = null;
  /** What the server has said over it, as text: frames of a verifier are not masked. */
  #said = '';

  private constructor(server: Server) {
    this.#server = server;
  }

  /** One that leads nowhere yet: a verifier has to know beforehand under which names it is reached. */
  static async open(): Promise<CutLine> {
    const server = createServer();
    const line = new CutLine(server);
    server.on('connection', (near) => line.#join(near));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return line;
  }

  leadTo(port: number): void {
    this.#to = port;
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
  }

  /** How many messages of a type the server has sent. */
  told(type: string): number {
    return this.#said.split(`"type":"${type}"`).length - 1;
  }

  /** Squarings of a link of the newest chain that it has carried. */
  get chainSquarings(): number {
    const chains = [...this.#said.matchAll(/"type":"offline.chain".*?"squarings":(\d+)/gs)];
    return Number(chains.at(-1)?.[1]);
  }

  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#isCut = false;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(near: Socket): void {
    if (this.#isCut || this.#to === null) return void near.destroy();
    const far = connect(this.#to, '127.0.0.1');
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.on('error', () => {});
    }
    near.pipe(far);
    far.pipe(near);
    far.on('data', (data: Buffer) => {
      this.#said += data.toString('latin1');
    });
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  }
}
