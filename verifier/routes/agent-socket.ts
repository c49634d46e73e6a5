import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AgentSocket } from '../connections/agent-socket.js';
import type { Services } from '../services.js';

const devicesOfRequests = new WeakMap<FastifyRequest, string>();

/** `GET /v1/agent`: the agent's one outbound WebSocket. The session is checked before the upgrade. */
export function agentSocketRoute(app: FastifyInstance, services: Services): void {
  const { sessions, hub, desks, clock, options, metrics } = services;
  app.get(
    '/v1/agent',
    {
      websocket: true,
      schema: { hide: true },
      preValidation: async (request) => {
        devicesOfRequests.set(request, await sessions.deviceOf(request.headers.authorization));
      },
    },
    (socket, request) => {
      const device = devicesOfRequests.get(request);
      if (device === undefined) return socket.terminate();
      const connection: AgentSocket = new AgentSocket({
        device,
        socket,
        clock,
        pingMs: options.pingMs,
        // One that was replaced says no more for its device, whatever it still had under way.
        receive: (message, at) =>
          hub.get(device) === connection ? desks.receive(device, message, at) : 'session.superseded',
        // A newer connection of the same device has taken over: the device is not gone.
        closed: () => hub.remove(connection) && desks.disconnected(device),
        refused: (code) => metrics.refused(code),
      });
      // The room must see the old line end before the new one begins: what was asked on it may be lost.
      if (hub.get(device) !== undefined) desks.disconnected(device);
      hub.add(connection);
      desks.connected(device);
    },
  );
}
