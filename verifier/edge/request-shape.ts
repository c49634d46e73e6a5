import type { FastifyInstance, FastifyRequest } from 'fastify';
import { TouchstoneError } from '../../protocol/error.js';
import { limits } from '../../protocol/limits.js';

/** Refuses requests with more or longer parts than any honest one has, before anything is read of them. */
export function limitRequestShape(app: FastifyInstance): void {
  // Two are accepted by default; nothing here is said in plain text.
  app.removeContentTypeParser('text/plain');
  // Far above what agents need, and below what would end the process' file descriptors.
  app.server.maxConnections = limits.connections;
  app.addHook('onRequest', async (request) => assertShape(request));
}

/** @throws TouchstoneError `request.invalid`, `request.url-too-long` or `request.headers-too-large` */
function assertShape({ raw }: FastifyRequest): void {
  const url = raw.url ?? '';
  // The router would take `http://elsewhere/v1/devices` too: what looks at the path beside it would not know the route again.
  if (!url.startsWith('/')) throw new TouchstoneError('request.invalid', 'The request names no path.');
  if (url.length > limits.urlLength) throw new TouchstoneError('request.url-too-long');
  if (url.split('&', limits.queryParams + 1).length > limits.queryParams) {
    throw new TouchstoneError('request.url-too-long');
  }
  // Names and values stand one after the other.
  if (raw.rawHeaders.length > 2 * limits.headers) throw new TouchstoneError('request.headers-too-large');
}
