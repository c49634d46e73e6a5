import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** One answered request, as metrics count it. */
export interface AnsweredRequest {
  /** Of the route, such as `/v1/devices/:id`: the address itself holds ids, and what else a stranger wrote there. */
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly elapsedMs: number;
}

/** One line and one observation for each answer. Neither holds the address, the headers or the body. */
export function logRequests(app: FastifyInstance, observe: (request: AnsweredRequest) => void): void {
  app.addHook('onResponse', async (request, reply) => {
    const answered = { ...routeOf(request), status: reply.statusCode, elapsedMs: elapsed(reply) };
    observe(answered);
    request.log.debug({ ...answered, address: request.ip }, 'answered');
  });
}

function routeOf({ method, routeOptions }: FastifyRequest): Pick<AnsweredRequest, 'route' | 'method'> {
  return { method, route: routeOptions.url ?? 'none' };
}

const elapsed = (reply: FastifyReply): number => Math.round(reply.elapsedTime * 100) / 100;
