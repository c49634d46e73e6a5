import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';

/** How long agents have to answer our goodbye. */
const patienceMs = 2_000;

/**
 * Ends what is left of upgraded sockets when the service closes. A server does not end before its sockets, and neither
 * an agent that hangs nor an upgrade that came while we were closing would ever let go.
 */
export function endUpgradesOnClose(app: FastifyInstance): void {
  const open = new Set<Duplex>();
  app.server.on('upgrade', (_request, socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  app.addHook('preClose', (done) => {
    const timer = setInterval(() => {
      for (const socket of open) socket.destroy();
    }, patienceMs);
    app.server.once('close', () => clearInterval(timer));
    done();
  });
}
