import swagger from '@fastify/swagger';
import websocket from '@fastify/websocket';
import Fastify, { type FastifyInstance } from 'fastify';
import { toHex } from '../protocol/bytes.js';
import { limits } from '../protocol/limits.js';
import { version } from '../protocol/version.js';
import { securitySchemes } from './access/guard.js';
import { endUpgradesOnClose } from './connections/upgrades.js';
import { limitConnections } from './edge/connection-limit.js';
import type { Edge } from './edge/edge.js';
import { installLimits } from './edge/limits.js';
import { installProblems } from './edge/problem.js';
import { serverOptions } from './edge/server-options.js';
import { answerAtHome } from './homes/forward.js';
import { agentSocketRoute } from './routes/agent-socket.js';
import { alarmRoutes } from './routes/alarms.js';
import { attestationRoutes } from './routes/attestations.js';
import { changeRoutes } from './routes/changes.js';
import { classRoutes } from './routes/classes.js';
import { decisionRoutes } from './routes/decisions.js';
import { deviceRoutes } from './routes/devices.js';
import { disputeRoutes } from './routes/disputes.js';
import { enrolRoutes } from './routes/enrol.js';
import { hardwareRoutes } from './routes/hardware.js';
import { healthRoutes } from './routes/health.js';
import { historyRoutes } from './routes/history.js';
import { leaseRoutes } from './routes/leases.js';
import { maintenanceRoutes } from './routes/maintenance.js';
import { nonceRoutes } from './routes/nonces.js';
import { sessionRoutes } from './routes/sessions.js';
import { sweepRoutes } from './routes/sweeps.js';
import { verifierRoutes } from './routes/verifier.js';
import { walletRoutes } from './routes/wallets.js';
import { webhookRoutes } from './routes/webhooks.js';
import type { Secrets } from './secrets/secrets.js';
import type { Services } from './services.js';

/** Builds the HTTP side of a verifier over its services, without listening. */
export async function buildApp(
  services: Services,
  edge: Edge,
  secrets: Pick<Secrets, 'derive'>,
): Promise<FastifyInstance> {
  const { options, log, access, devices, signing, agents, feeds } = services;
  const app = Fastify({ loggerInstance: log, ...serverOptions(options) }) as unknown as FastifyInstance;
  installProblems(app);
  // Before all that may refuse: an upgrade that is refused by an earlier hook keeps its socket for ever.
  // Twice what is accepted, so that a frame that is a little too large still gets its code before the close.
  await app.register(websocket, { options: { maxPayload: 2 * limits.frameBytes } });
  endUpgradesOnClose(app);
  await edge.install(app);
  answerAtHome(app, { ...services, secrets });
  limitConnections(app, options);
  installLimits(app, services);
  access.install(app);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Touchstone verifier', version },
      components: { securitySchemes },
    },
  });
  nonceRoutes(app, services);
  enrolRoutes(app, services);
  sessionRoutes(app, services);
  deviceRoutes(app, services);
  historyRoutes(app, services);
  hardwareRoutes(app, services);
  attestationRoutes(app, services);
  decisionRoutes(app, services);
  classRoutes(app, services);
  maintenanceRoutes(app, services);
  leaseRoutes(app, services.leasing);
  sweepRoutes(app, services);
  disputeRoutes(app, services);
  changeRoutes(app, { ...feeds, keys: access.keys });
  webhookRoutes(app, feeds);
  walletRoutes(app, { ...access, devicesOf: (wallet) => devices.ofWallet(wallet) });
  alarmRoutes(app, services);
  agentSocketRoute(app, services);
  verifierRoutes(app, {
    key: signing.key,
    fingerprintKey: toHex(secrets.derive('fingerprint', 'v1')),
    agents,
  });
  healthRoutes(app, services);
  app.get('/openapi.json', { config: { access: ['public'] }, schema: { hide: true } }, async () =>
    app.swagger(),
  );
  return app;
}
