import { connect, type Socket } from 'node:net';
import websocket from '@fastify/websocket';
import Fastify, { type FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import { EdgeMetrics } from '../../metrics/edge-metrics.js';
import { type Edge, openEdge } from '../edge.js';
import { openLog } from '../logging.js';
import { installProblems } from '../problem.js';
import { type EdgeTimes, serverOptions } from '../server-options.js';

export interface EdgeHallOptions {
  readonly times?: EdgeTimes;
  readonly corsOrigins?: readonly string[];
  readonly proofs?: () => number;
  readonly journalBytes?: () => number;
  /** Routes beside the hall's own. */
  readonly routes?: (app: FastifyInstance) => void;
}

/** An edge on a real server, with routes that say something, wait, and upgrade. */
export class EdgeHall {
  readonly app: FastifyInstance;
  readonly edge: Edge;
  readonly metrics: Registry;
  /** Every line that was logged. */
  readonly logged: string[];
  url = '';

  private constructor(app: FastifyInstance, edge: Edge, metrics: Registry, logged: string[]) {
    this.app = app;
    this.edge = edge;
    this.metrics = metrics;
    this.logged = logged;
  }

  static async open(options: EdgeHallOptions = {}): Promise<EdgeHall> {
    const { times, corsOrigins = [], proofs = () => 0, journalBytes = () => 0, routes } = options;
    const logged: string[] = [];
    const log = openLog({ logLevel: 'debug' }, { write: (line) => void logged.push(line) });
    const metrics = new Registry();
    const edge = openEdge({
      options: { busyAfterMs: 0, corsOrigins },
      metrics: new EdgeMetrics(metrics),
      proofsWaiting: proofs,
      journalBytes,
    });
    const app = Fastify({
      loggerInstance: log,
      ...serverOptions({ proxies: 0 }, times),
    }) as unknown as FastifyInstance;
    installProblems(app);
    await app.register(websocket);
    await edge.install(app);
    app.get('/hello', async () => ({ said: 'hello' }));
    app.get('/healthz', async () => ({ status: 'alive' }));
    app.get('/readyz', async () => ({ status: 'ready' }));
    app.get('/devices/:id', async () => ({}));
    app.post('/hello', async () => ({ said: 'taken' }));
    app.post('/v1/devices', async () => ({ said: 'enrolled' }));
    app.get('/agent', { websocket: true }, (socket) => socket.send('welcome'));
    routes?.(app);
    const hall = new EdgeHall(app, edge, metrics, logged);
    hall.url = await app.listen({ host: '127.0.0.1', port: 0 });
    return hall;
  }

  get(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.url}${path}`, init);
  }

  /** A bare socket on the server, and all that it says until it ends. */
  raw(): { readonly socket: Socket; readonly all: Promise<string> } {
    const socket = connect(Number(new URL(this.url).port), '127.0.0.1');
    let text = '';
    socket.on('data', (data) => {
      text += String(data);
    });
    socket.on('error', () => {});
    const all = new Promise<string>((resolve) => socket.once('close', () => resolve(text)));
    return { socket, all };
  }

  close(): Promise<void> {
    return this.app.close();
  }
}
