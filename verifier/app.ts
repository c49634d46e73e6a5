import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import underPressure from '@fastify/under-pressure';
import websocket from '@fastify/websocket';
import Fastify, { type FastifyInstance } from 'fastify';
import { TouchstoneError } from '../protocol/error.js';
import { limits } from '../protocol/limits.js';
import { version } from '../protocol/version.js';
import { endUpgradesOnClose } from './connections/upgrades.js';
import { installProblems } from './edge/problem.js';
import { agentSocketRoute } from './routes/agent-socket.js';
import { deviceRoutes } from './routes/devices.js';
import { enrolRoutes } from './routes/enrol.js';
import { healthRoutes } from './routes/health.js';
import { leaseRoutes } from './routes/leases.js';
import { nonceRoutes } from './routes/nonces.js';
import { sessionRoutes } from './routes/sessions.js';
import { verifierRoutes } from './routes/verifier.js';
import type { Services } from './services.js';

const watched: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/** Builds the HTTP side of a verifier over its services, without listening. */
export async function buildApp(services: Services): Promise<FastifyInstance> {
  const { options, log } = services;
  const app = Fastify({
    loggerInstance: log,
    // So many hops and no more: else anyone could write any address into the header.
    trustProxy: (_address, hop) => hop < options.proxies,
    bodyLimit: limits.bodyBytes,
    // A slow sender must not hold a socket for ever.
    requestTimeout: 30_000,
    // What doesn't fit is refused, never bent until it fits.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: false } },
  }) as unknown as FastifyInstance;
  installProblems(app);
  await app.register(helmet);
  // Before all that may refuse: an upgrade that is refused by an earlier hook keeps its socket for ever.
  // Twice what is accepted, so that a frame that is a little too large still gets its code before the close.
  await app.register(websocket, { options: { maxPayload: 2 * limits.frameBytes } });
  endUpgradesOnClose(app);
  await app.register(underPressure, {
    maxEventLoopDelay: options.busyAfterMs,
    // Long enough that one standstill, such as that of our own start, is no pressure.
    sampleInterval: 5_000,
    // Infinity is not a delay: it says that nothing was measured.
    pressureHandler: async (request, _reply, _type, delay) => {
      // Whoever watches over the service must see that it is busy, not dead.
      if (watched.has(request.routeOptions.url ?? '')) return;
      if (Number.isFinite(delay)) throw new TouchstoneError('service.busy');
    },
  });
  await app.register(rateLimit, {
    max: options.requestsPerMinute,
    timeWindow: '1 minute',
    errorResponseBuilder: (_request, { after }) =>
      new TouchstoneError('request.too-many', `Try again in ${after}.`),
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Touchstone verifier', version },
    },
  });
  nonceRoutes(app, services);
  enrolRoutes(app, services);
  sessionRoutes(app, services);
  deviceRoutes(app, services);
  leaseRoutes(app, services.leasing);
  agentSocketRoute(app, services);
  verifierRoutes(app, services.signing);
  healthRoutes(app, services);
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  return app;
}
