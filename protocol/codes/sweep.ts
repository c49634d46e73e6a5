import { codes } from './code.js';

/** Refusals about sweeps, and what a check of a published sweep may find. */
export const sweepCodes = codes({
  'sweep.unknown': {
    kind: 'error',
    status: 404,
    title: 'No such sweep',
    detail: 'There is no sweep with this id, or it is not over.',
    fix: 'See the ids at /v1/sweeps.',
  },
});
