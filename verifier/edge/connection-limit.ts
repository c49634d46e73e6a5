import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { TouchstoneError } from '../../protocol/error.js';
import type { VerifierOptions } from '../options.js';
import { addressGroup } from './address.js';

/** An agent that was refused comes back after so long at the earliest. */
const retryMs = 60_000;
/** Sockets beside those of agents: each asks for its session on one of its own first, and people look on. */
const socketsBeside = 100;

/** How many living sockets each address has, in this process. */
class Living {
  readonly #counts = new Map<string, number>();

  /** Counts a socket until it closes. @returns false, and counts nothing, where its address has as many as it may */
  take(group: string, socket: Socket, most: number): boolean {
    const count = this.#counts.get(group) ?? 0;
    if (count >= most) return false;
    this.#counts.set(group, count + 1);
    socket.once('close', () => this.#drop(group));
    return true;
  }

  #drop(group: string): void {
    const left = (this.#counts.get(group) ?? 1) - 1;
    if (left > 0) this.#counts.set(group, left);
    else this.#counts.delete(group);
  }
}

/** Bounds the agents that are connected from one address, and the sockets that it holds. After the WebSocket plugin. */
export function limitConnections(
  app: FastifyInstance,
  options: Pick<VerifierOptions, 'connectionsPerAddress' | 'proxies'>,
): void {
  const agents = new Living();
  app.addHook('onRequest', async (request) => {
    if (!request.ws) return;
    if (agents.take(addressGroup(request.ip), request.raw.socket, options.connectionsPerAddress)) return;
    throw new TouchstoneError('connections.too-many', undefined, { retryMs });
  });
  // Behind a proxy all sockets come from its address.
  if (options.proxies === 0) limitSockets(app.server, 2 * options.connectionsPerAddress + socketsBeside);
}

function limitSockets(server: Server, most: number): void {
  const sockets = new Living();
  server.on('connection', (socket: Socket) => {
    // Nothing was asked yet, so there is nothing to answer.
    if (!sockets.take(addressGroup(socket.remoteAddress), socket, most)) socket.destroy();
  });
}
