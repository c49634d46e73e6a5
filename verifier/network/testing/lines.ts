import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { systemClock } from '../../../protocol/clock.js';
import type { Code } from '../../../protocol/codes/table.js';
import { limits } from '../../../protocol/limits.js';
import { AgentSocket } from '../../connections/agent-socket.js';
import type { DeskMessage } from '../../connections/desk.js';
import { Hub } from '../../connections/hub.js';
import { NetworkExams, type NotMeasured } from '../network-exams.js';
import type { NetworkSettings } from '../settings.js';

export const exam = `ex_${'1'.repeat(32)}`;

/** The verifier's end of real connections on loopback: sockets, hub and network exams, and nothing else of it. */
export class Lines {
  readonly hub = new Hub();
  readonly refused: Code[] = [];
  readonly received: DeskMessage[] = [];
  readonly skipped: NotMeasured[] = [];
  readonly exams: NetworkExams;
  readonly #server: WebSocketServer;
  #came: () => void = () => {};

  private constructor(server: WebSocketServer, settings: Partial<NetworkSettings>) {
    this.#server = server;
    this.exams = new NetworkExams({
      hub: this.hub,
      clock: systemClock,
      random: (length) => new Uint8Array(randomBytes(length)),
      observe: (measured) => typeof measured === 'string' && this.skipped.push(measured),
      log: { error: (...all: unknown[]) => expectNone(all) },
      settings,
    });
    server.on('connection', (socket, request) => {
      const device = (request.url ?? '').slice(1);
      const connection: AgentSocket = new AgentSocket({
        device,
        socket,
        clock: systemClock,
        pingMs: 60_000,
        receive: (message) => {
          this.received.push(message);
          this.#came();
          return null;
        },
        closed: () => this.hub.remove(connection),
        refused: (code) => this.refused.push(code),
      });
      this.hub.add(connection);
      this.#came();
    });
  }

  static async open(settings: Partial<NetworkSettings> = {}): Promise<Lines> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', maxPayload: 2 * limits.frameBytes });
    await new Promise((resolve) => server.once('listening', resolve));
    return new Lines(server, settings);
  }

  /** Where a device of this name connects. */
  url(device: string): URL {
    return new URL(`ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${device}`);
  }

  /** Resolves when something that came has made it true. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        this.#came = resolve;
      });
    }
  }

  async close(): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function expectNone(logged: unknown[]): never {
  throw new Error(`logged: ${JSON.stringify(logged)}`);
}
