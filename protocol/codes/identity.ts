import { codes } from './code.js';

/** Refusals while a device enrols or opens a session. */
export const identityCodes = codes({
  'nonce.unknown': {
    kind: 'error',
    status: 401,
    title: 'Nonce unknown or used',
    detail: 'The nonce was never issued, has expired, or was already used once.',
    fix: 'Ask for a new nonce and sign that one. Check that no second agent uses the same key.',
  },
  'signature.invalid': {
    kind: 'error',
    status: 401,
    title: 'Signature does not fit',
    detail: 'The signature was not made by this key over exactly these fields and this nonce.',
    fix: 'Sign the canonical bytes of the message with the key whose public half is the device id.',
  },
  'signature.wrong-host': {
    kind: 'error',
    status: 401,
    title: 'Signed for another verifier',
    detail: 'The signed message names another host than the one it was sent to.',
    fix: 'Use the address of the verifier itself. If it runs behind a proxy, its operator must list that name.',
  },
  'device.unknown': {
    kind: 'error',
    status: 404,
    title: 'No such device',
    detail: 'No device with this id has enrolled.',
    fix: 'Check the id, or enrol the device by starting its agent.',
  },
  'device.retired': {
    kind: 'error',
    status: 403,
    title: 'Device retired',
    detail: 'This device was retired and cannot come back under the same key.',
    fix: 'Enrol with a new key.',
  },
  'cards.too-many': {
    kind: 'error',
    status: 422,
    title: 'Too many cards claimed',
    detail: 'The device claims more cards than one machine can hold.',
    fix: 'Enrol each machine with an agent of its own.',
  },
  'cards.duplicate': {
    kind: 'error',
    status: 422,
    title: 'One card claimed twice',
    detail: 'Two claimed cards carry the same hardware id.',
    fix: 'Claim each card once.',
  },
  'session.invalid': {
    kind: 'error',
    status: 401,
    title: 'No valid session',
    detail: 'The token is missing, unknown or has expired.',
    fix: 'Open a new session with a signed nonce.',
  },
});
