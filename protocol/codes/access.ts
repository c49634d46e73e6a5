import { codes } from './code.js';

/** Refusals of those who may not. */
export const accessCodes = codes({
  'access.role': {
    kind: 'error',
    status: 403,
    title: 'Not for this role',
    detail: 'Whoever asked is known, and this is not theirs to ask.',
    fix: 'Use a key of the role that the OpenAPI document names for the route.',
  },
});
