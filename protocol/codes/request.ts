import { codes } from './code.js';

/** Refusals of HTTP requests. */
export const requestCodes = codes({
  'request.invalid': {
    kind: 'error',
    status: 400,
    title: 'Request not understood',
    detail: 'The body, a parameter or a header does not have the documented shape.',
    fix: 'Compare the request with the OpenAPI document at /openapi.json.',
  },
  'request.too-large': {
    kind: 'error',
    status: 413,
    title: 'Request too large',
    detail: 'The body is larger than this route accepts.',
    fix: 'Send less: no honest request is that large.',
  },
  'request.headers-too-large': {
    kind: 'error',
    status: 431,
    title: 'Headers too large',
    detail: 'The request has more headers, or longer ones, than any client needs.',
    fix: 'Send only the headers that the OpenAPI document names, and at most 16 KiB of them.',
  },
  'request.url-too-long': {
    kind: 'error',
    status: 414,
    title: 'Address too long',
    detail:
      'The path and the query of the request are longer, or have more parameters, than any route takes.',
    fix: 'Ask for less at once: at most 4,096 characters and 32 parameters.',
  },
  'request.timeout': {
    kind: 'error',
    status: 408,
    title: 'Request too slow',
    detail: 'The request did not arrive in full within its time.',
    fix: 'Try again. If it stays, look at the line between you and the verifier.',
  },
  'request.too-many': {
    kind: 'error',
    status: 429,
    title: 'Too many requests',
    detail: 'More requests came from this address than one supplier needs.',
    fix: 'Wait for the seconds in Retry-After, then try again.',
  },
  'connections.too-many': {
    kind: 'error',
    status: 429,
    title: 'Too many connections',
    detail: 'As many agents as one address may have are connected from it.',
    fix: 'The agent tries again by itself. Where that many machines are yours, ask the operator for more (`--connections-per-address`), or let them out by several addresses.',
  },
  'request.not-found': {
    kind: 'error',
    status: 404,
    title: 'No such page',
    detail: 'Nothing is served at this path.',
    fix: 'See /openapi.json for what is.',
  },
  'service.busy': {
    kind: 'error',
    status: 503,
    title: 'Verifier busy',
    detail: 'The verifier has more work than it can take without being late for others.',
    fix: 'Nothing is lost and nobody is marked. Try again after the seconds in Retry-After.',
  },
  'service.draining': {
    kind: 'error',
    status: 503,
    title: 'Verifier is stopping',
    detail: 'This verifier is about to stop and takes nothing new. What runs comes to its end.',
    fix: 'The agent reconnects by itself, to another verifier where there is one. Nothing is marked for it.',
  },
  'service.error': {
    kind: 'error',
    status: 500,
    title: 'Our fault',
    detail: 'Something broke inside the verifier. Nothing was changed by this request.',
    fix: 'Try again. If it stays, report the request id.',
  },
  'service.storage-unavailable': {
    kind: 'error',
    status: 503,
    title: 'Record unavailable',
    detail: 'The verifier cannot write its journal at the moment, so it acknowledges nothing.',
    fix: 'Try again later. Minutes lost to this count as ours, not yours.',
  },
});
