import { codes } from './code.js';

/** What stops a verifier from starting; for its operator. */
export const serviceCodes = codes({
  'verifier.cannot-listen': {
    kind: 'error',
    title: 'Cannot listen',
    detail: 'The address or port cannot be listened on.',
    fix: 'Choose another `--port` or `--host`, or stop what listens there. The cause says which.',
  },
  'verifier.public-host-missing': {
    kind: 'error',
    title: 'Public host missing',
    detail:
      'Agents sign for the host that they address, and a verifier that listens to others must know its names.',
    fix: 'Add `--public-host NAME[:PORT]`, as it stands in the address that suppliers use.',
  },
});
