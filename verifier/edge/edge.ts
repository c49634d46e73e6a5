import type { FastifyInstance } from 'fastify';
import type { EdgeMetrics } from '../metrics/edge-metrics.js';
import type { VerifierOptions } from '../options.js';
import { Drain } from './drain.js';
import { setHeaders } from './headers.js';
import type { LoadLimits } from './load.js';
import { LoopWatch } from './loop-watch.js';
import { PressureValve } from './pressure.js';
import { logRequests } from './request-log.js';
import { limitRequestShape } from './request-shape.js';

/** Share of the event loop's time beyond which readers and newcomers wait: what is left is for agents that are connected. */
const utilisation = 0.9;
/** Requests that may wait for their answer at once. A connection has one at a time. */
const requests = 1_000;
/** Half of what the pool's queue holds: the other half is for exams that run already. */
const proofs = 128;
/** Half of what the journal may hold: the other half is for facts about devices that are there. */
const journalBytes = 2 * 2 ** 30;

export interface EdgeParts {
  readonly options: Pick<VerifierOptions, 'busyAfterMs' | 'corsOrigins'>;
  readonly metrics: EdgeMetrics;
  readonly proofsWaiting: () => number;
  readonly journalBytes: () => number;
}

/** What stands between the world and the routes. */
export interface Edge {
  readonly drain: Drain;
  /** Hooks for all routes that are added later. After the WebSocket plugin, and before access and limits of callers. */
  install(app: FastifyInstance): Promise<void>;
}

export function openEdge({ options, metrics, ...waiting }: EdgeParts): Edge {
  const drain = new Drain();
  const loop = new LoopWatch();
  const valve = new PressureValve({
    load: () => ({ ...loop.figures, proofs: waiting.proofsWaiting(), journalBytes: waiting.journalBytes() }),
    limits: limitsOf(options.busyAfterMs),
    shed: (why, asker) => metrics.shed(why, asker),
  });
  metrics.watch({
    loop: () => loop.figures,
    requests: () => valve.requests,
    draining: () => drain.draining,
  });
  return {
    drain,
    async install(app) {
      logRequests(app, (request) => metrics.answered(request));
      limitRequestShape(app);
      drain.install(app);
      valve.install(app);
      await setHeaders(app, options);
      app.addHook('onClose', async () => loop.close());
    },
  };
}

function limitsOf(busyAfterMs: number): LoadLimits {
  const rest = { requests, proofs, journalBytes };
  if (busyAfterMs === 0) {
    return { ...rest, utilisation: Number.POSITIVE_INFINITY, standstillMs: Number.POSITIVE_INFINITY };
  }
  return { ...rest, utilisation, standstillMs: busyAfterMs };
}
