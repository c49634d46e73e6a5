import { codes } from './code.js';

/** Refusals of maintenance windows. Nothing changes. */
export const maintenanceCodes = codes({
  'maintenance.too-soon': {
    kind: 'error',
    status: 422,
    title: 'Declared too late',
    detail:
      'A window begins at least 35 minutes after it is declared: before any seed of its time can be known.',
    fix: 'Declare a later window. What happens before it counts as usual.',
  },
});
