import { codes } from './code.js';

/** Refusals of those who may not. */
export const accessCodes = codes({
  'access.denied': {
    kind: 'error',
    status: 401,
    title: 'No valid key',
    detail: 'The request has no key, or one that is not known here or was removed.',
    fix: 'Send `Authorization: Bearer ak_…` with a key that `touchstone keys add` printed, the witness token of the lease, or the token of a device or wallet, as the OpenAPI document says for the route.',
  },
  'access.role': {
    kind: 'error',
    status: 403,
    title: 'Not for this role',
    detail: 'Whoever asked is known, and this is not theirs to ask.',
    fix: 'Use a key of the role that the OpenAPI document names for the route.',
  },
  'wallet.address-invalid': {
    kind: 'error',
    status: 422,
    title: 'Not a wallet',
    detail: 'The address is not a Solana address: 32 bytes in base58.',
    fix: 'Copy the address from the wallet itself. Check that nothing is missing at its end.',
  },
  'wallet.sign-in-refused': {
    kind: 'error',
    status: 401,
    title: 'Wallet not signed in',
    detail: 'The signature was not made by this wallet over exactly the message of the challenge.',
    fix: 'Ask for a new challenge, let the wallet sign its message unchanged, and send the signature at once.',
  },
});
