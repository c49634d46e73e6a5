import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import type { VerifierOptions } from '../options.js';

/** What a script of another site may read of our answers beside their body. */
const exposed = ['retry-after', 'link'];
/** How long a browser may remember that an origin is allowed, seconds. */
const preflightSeconds = 600;

/**
 * Security headers, and which origins' pages may ask. Everything here is data for programs: a browser has nothing to run, frame or
 * keep. Without `corsOrigins` no page of another site can read anything; none is ever sent with cookies, as there are none.
 */
export async function setHeaders(
  app: FastifyInstance,
  { corsOrigins }: Pick<VerifierOptions, 'corsOrigins'>,
): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
  });
  app.addHook('onSend', async (_request, reply) => {
    // What holds now may not in a second. A route that knows better says so.
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
  if (corsOrigins.length === 0) return;
  await app.register(cors, {
    origin: [...corsOrigins],
    credentials: false,
    methods: ['GET', 'HEAD', 'POST', 'DELETE'],
    allowedHeaders: ['authorization', 'content-type', 'last-event-id'],
    exposedHeaders: exposed,
    maxAge: preflightSeconds,
  });
}
