import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { serviceCodes } from '../../protocol/codes/service.js';
import { storageCodes } from '../../protocol/codes/storage.js';
import { type Code, codeTable } from '../../protocol/codes/table.js';
import { TouchstoneError } from '../../protocol/error.js';

/** Problem details (RFC 9457) with a stable `code` and what to do about it. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: Code;
  readonly fix: string;
}

/** The problem document of a code. `detail` says more than the table where there is more to say. */
export function problemOf(code: Code, instance: string, detail?: string): Problem {
  const entry = codeTable[code];
  return {
    type: `urn:touchstone:problem:${code}`,
    title: entry.title,
    status: entry.status ?? 400,
    detail: detail ?? entry.detail,
    instance,
    code,
    fix: entry.fix,
  };
}

/** The one place where an error becomes an answer: typed errors inside, problem details at the edge. */
export function installProblems(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError | TouchstoneError, request, reply) => {
    const problem = toProblem(error, request);
    if (isWorthALine(problem, error)) request.log.error({ err: error }, problem.title);
    const retryMs = error instanceof TouchstoneError ? error.data.retryMs : undefined;
    if (typeof retryMs === 'number') reply.header('retry-after', String(Math.ceil(retryMs / 1000)));
    return sendProblem(reply, problem);
  });
  app.setNotFoundHandler((request, reply) => sendProblem(reply, problemOf('request.not-found', request.id)));
}

/** Whom we send away because there is too much to do is counted, not written down: the log would be the next to be flooded. */
const sentAway: ReadonlySet<Code> = new Set(['service.busy', 'service.draining', 'session.moving']);

function isWorthALine({ status, code }: Problem, error: Error): boolean {
  return status >= 500 && !(sentAway.has(code) && error.cause === undefined);
}

/** What a router refuses before there is a route, such as a path that cannot be decoded. */
export function sendFrameworkProblem(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  sendProblem(reply, toProblem(error, request));
}

function toProblem(error: FastifyError | TouchstoneError, request: FastifyRequest): Problem {
  // How our storage or our files fail, and where they lie, is for the operator's log; outside it is only unavailable.
  if (error instanceof TouchstoneError && (error.code in storageCodes || error.code in serviceCodes)) {
    return problemOf('service.storage-unavailable', request.id);
  }
  if (error instanceof TouchstoneError) return problemOf(error.code, request.id, error.message);
  if (error.validation !== undefined) return problemOf('request.invalid', request.id, whatIsWrong(error));
  switch (error.statusCode) {
    case 413:
      return problemOf('request.too-large', request.id);
    case 429:
      return problemOf('request.too-many', request.id);
    case 503:
      return problemOf('service.busy', request.id);
    default:
      // What broke inside stays inside: the log has it under this request id.
      return problemOf((error.statusCode ?? 500) < 500 ? 'request.invalid' : 'service.error', request.id);
  }
}

/** A schema's complaint does not say which property may not be there, nor which constants there are. */
function whatIsWrong({ message, validation = [] }: FastifyError): string {
  const name = validation[0]?.params.additionalProperty;
  if (typeof name === 'string') return `${message}: ${name.slice(0, 100)}`;
  const allowed = validation.flatMap(({ params }) => params.allowedValue ?? []);
  return allowed.length > 1 ? `${message.split(', ')[0]}: ${allowed.join(', ')}` : message;
}

/** When to come again: at once where another verifier can take it, soon where a device is about to be let go. */
const retryAfterSeconds: Partial<Record<Code, number>> = { 'service.draining': 1, 'session.moving': 2 };

function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.status === 503 && !reply.hasHeader('retry-after')) {
    reply.header('retry-after', String(retryAfterSeconds[problem.code] ?? 5));
  }
  return reply.code(problem.status).type('application/problem+json').send(problem);
}
