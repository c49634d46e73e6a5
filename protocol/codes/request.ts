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
  'request.too-many': {
    kind: 'error',
    status: 429,
    title: 'Too many requests',
    detail: 'More requests came from this address than one supplier needs.',
    fix: 'Wait for the seconds in Retry-After, then try again.',
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
