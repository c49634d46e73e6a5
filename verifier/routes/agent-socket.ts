import type { FastifyInstance, FastifyRequest } from 'fastify';
import { TouchstoneError } from '../../protocol/error.js';
import { AgentSocket } from '../connections/agent-socket.js';
import { Penalties } from '../connections/penalties.js';
import type { Services } from '../services.js';

/** Whose line it is to be, and the session for the one after it. */
interface Admitted {
  readonly device: string;
  readonly next: string;
}

const admitted = new WeakMap<FastifyRequest, Admitted>();

/**
 * `GET /v1/agent`: the agent's one outbound WebSocket. The session is checked, and this made the device's home, before the
 * upgrade: what is refused here is an HTTP problem, after which the agent tries again.
 */
export function agentSocketRoute(app: FastifyInstance, services: Services): void {
  const { sessions, devices, agents, lines, hub, desks, clock, options, metrics } = services;
  const penalties = new Penalties(clock);
  app.get(
    '/v1/agent',
    {
      websocket: true,
      config: { access: ['device'] },
      schema: { hide: true },
      preValidation: async (request) => {
        // Whoever only looks must neither move the device nor use its session up.
        if (!request.ws) throw new TouchstoneError('request.not-found');
        const { authorization } = request.headers;
        const device = await sessions.deviceOf(authorization);
        penalties.assertMayConnect(device);
        await lines.admit(device);
        admitted.set(request, { device, next: await sessions.renew(authorization) });
      },
    },
    (socket, request) => {
      const { device, next } = admitted.get(request) ?? {};
      // Asked away by another verifier since: the next try finds it there.
      if (device === undefined || next === undefined || !lines.admits(device)) return socket.terminate();
      const connection: AgentSocket = new AgentSocket({
        device,
        socket,
        clock,
        pingMs: options.pingMs,
        // One that was replaced says no more for its device, whatever it still had under way.
        receive: (message, at) =>
          hub.get(device) === connection ? desks.receive(device, message, at) : 'session.superseded',
        // A newer connection of the same device has taken over: the device is not gone.
        closed: () => {
          if (!hub.remove(connection)) return;
          desks.disconnected(device);
          lines.down(device);
        },
        refused: (code) => {
          if (code === 'message.too-many') penalties.closed(device);
          metrics.refused(code);
        },
      });
      // The room must see the old line end before the new one begins: what was asked on it may be lost.
      if (hub.get(device) !== undefined) desks.disconnected(device);
      hub.add(connection);
      connection.send({ type: 'session', token: next });
      lines.up(device);
      const version = devices.get(device)?.enrolment.agent.version ?? '';
      agents.greet({ version, tell: (notice) => void connection.send(notice) });
      desks.connected(device);
    },
  );
}
