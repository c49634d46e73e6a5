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
  'verifier.redis-unreachable': {
    kind: 'error',
    title: 'Redis not reachable',
    detail: 'The hot state that the verifiers share did not answer.',
    fix: 'Check `--redis`, and that Redis runs and takes connections from here. The cause says more.',
  },
  'keys.unreadable': {
    kind: 'error',
    status: 503,
    title: 'Keys cannot be used',
    detail: 'The file of the API keys cannot be read or written, or is damaged.',
    fix: 'See the cause. Check `--data` and who may read it; make the keys again where the file is damaged.',
  },
  'keys.name-invalid': {
    kind: 'error',
    title: 'Not a name for a key',
    detail: 'A key is named by 1 to 64 letters, digits, points, dashes and underscores.',
    fix: 'Choose a name such as `example-market`.',
  },
  'keys.unknown': {
    kind: 'error',
    title: 'No such key',
    detail: 'There is no key with this id.',
    fix: 'See the ids by `touchstone keys list`.',
  },
  'secrets.unreadable': {
    kind: 'error',
    title: 'Secrets not readable',
    detail: 'The file with the secrets of the verifier cannot be used.',
    fix: 'Restore `secrets.json` in the directory given by `--data` from a backup, readable by its owner only. Without it receipts would be signed by another key; delete it only where that is wanted.',
  },
});
