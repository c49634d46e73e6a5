import { codes } from './code.js';

/** Refusals that come of there being several verifiers. */
export const homeCodes = codes({
  'session.moving': {
    kind: 'error',
    status: 503,
    closes: true,
    title: 'Another verifier still has this device',
    detail: 'The device was connected to another verifier, which is about to let go of it.',
    fix: 'The agent reconnects by itself. Nothing is marked for it.',
  },
  'verifier.secrets-differ': {
    kind: 'error',
    title: 'Verifiers with different secrets',
    detail:
      'This verifier and those that share its Redis have different secrets, so neither could go on with the work of the other.',
    fix: 'Give all of them the same `--shared` directory, with one `secrets.json`.',
  },
});
