import { type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type ConnectionError, type FastifyHttpOptions, LogController } from 'fastify';
import type { Code } from '../../protocol/codes/table.js';
import { limits } from '../../protocol/limits.js';
import type { VerifierOptions } from '../options.js';
import { problemOf, sendFrameworkProblem } from './problem.js';

/** Longest times on a connection, milliseconds. */
export interface EdgeTimes {
  /** From the connection, or from the request before, to the last header. */
  readonly headersMs: number;
  /** To the last byte of the body. */
  readonly requestMs: number;
  /** To the answer. An agent's upgrade waits up to 15 s until another verifier lets go of its device. */
  readonly handlerMs: number;
  /** Without a byte in either direction. Upgraded sockets have pings instead; a feed has comments. */
  readonly idleMs: number;
}

/** Longer than the keep-alive of usual proxies (60 s), so that it is they who close: else a request meets a closed socket. */
const usualTimes: EdgeTimes = { headersMs: 15_000, requestMs: 30_000, handlerMs: 30_000, idleMs: 75_000 };

/** How often Node looks for connections whose time is over. */
const lookEveryMs = 5_000;

/** All that the HTTP server itself limits: times, sizes, what is believed of a proxy. */
export function serverOptions({ proxies }: Pick<VerifierOptions, 'proxies'>, times: EdgeTimes = usualTimes) {
  return {
    // So many hops and no more: else anyone could write any address into the header.
    trustProxy: (_address: string, hop: number) => hop < proxies,
    bodyLimit: limits.bodyBytes,
    requestTimeout: times.requestMs,
    handlerTimeout: times.handlerMs,
    connectionTimeout: times.idleMs,
    keepAliveTimeout: times.idleMs,
    http: {
      headersTimeout: times.headersMs,
      connectionsCheckingInterval: Math.min(lookEveryMs, times.headersMs),
      maxHeaderSize: limits.headerBytes,
    },
    routerOptions: { maxParamLength: limits.paramLength },
    // What doesn't fit is refused, never bent until it fits.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: false } },
    // One line for each answer, without its address, is written by `request-log.ts`.
    logController: new LogController({ disableRequestLogging: true }),
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: sendFrameworkProblem,
  } satisfies FastifyHttpOptions<Server>;
}

/** What never became a request gets its problem document, too, and then its socket ends. */
function answerBrokenRequest(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) socket.write(rawProblem(codeOfBroken(error.code)));
  socket.destroySoon();
}

function codeOfBroken(code: string): Code {
  if (code === 'HPE_HEADER_OVERFLOW') return 'request.headers-too-large';
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'request.timeout' : 'request.invalid';
}

function rawProblem(code: Code): string {
  const problem = problemOf(code, 'none');
  const body = JSON.stringify(problem);
  return [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}
