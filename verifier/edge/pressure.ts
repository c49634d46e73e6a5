import type { FastifyInstance, FastifyRequest } from 'fastify';
import { TouchstoneError } from '../../protocol/error.js';
import { type Asker, type Load, type LoadLimits, type Pressure, pressureOn } from './load.js';
import { watchedPaths } from './watched.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The answer has no end, such as that of a feed: it is not counted among requests that wait for theirs. */
    lasting?: boolean;
  }
}

export interface PressureOptions {
  /** All but the requests, which are counted here. */
  readonly load: () => Omit<Load, 'requests'>;
  readonly limits: LoadLimits;
  /** Somebody was sent away. */
  readonly shed: (why: Pressure, asker: Asker) => void;
}

/** Sends requests away, `service.busy`, before there is more to do than can be done in time. */
export class PressureValve {
  readonly #options: PressureOptions;
  readonly #waiting = new WeakSet<FastifyRequest>();
  #requests = 0;

  constructor(options: PressureOptions) {
    this.#options = options;
  }

  /** Requests that have come and are not answered; upgraded sockets and feeds are none. */
  get requests(): number {
    return this.#requests;
  }

  /** After the WebSocket plugin: an upgrade that an earlier hook refuses keeps its socket for ever. */
  install(app: FastifyInstance): void {
    app.addHook('onRequest', async (request) => {
      this.#assertRoom(request);
      if (request.ws || request.routeOptions.config.lasting === true) return;
      this.#waiting.add(request);
      this.#requests += 1;
    });
    app.addHook('onResponse', async (request) => this.#answered(request));
    app.addHook('onRequestAbort', async (request) => this.#answered(request));
  }

  #assertRoom(request: FastifyRequest): void {
    const { limits, shed } = this.#options;
    // Whoever watches over the service must see that it is busy, not dead.
    if (watchedPaths.has(request.routeOptions.url ?? '')) return;
    const asker = askerOf(request);
    const why = pressureOn(asker, { ...this.#options.load(), requests: this.#requests }, limits);
    if (why === null) return;
    shed(why, asker);
    throw new TouchstoneError('service.busy');
  }

  #answered(request: FastifyRequest): void {
    if (this.#waiting.delete(request)) this.#requests -= 1;
  }
}

function askerOf({ method, ws, routeOptions }: FastifyRequest): Asker {
  if (ws) return 'known';
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return 'reader';
  return routeOptions.url === '/v1/devices' ? 'newcomer' : 'known';
}
