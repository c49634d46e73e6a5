import { codes } from './code.js';

/** Refusals of requests about leases. Nothing changes. */
export const leaseErrorCodes = codes({
  'lease.unknown': {
    kind: 'error',
    status: 404,
    title: 'No such lease',
    detail: 'This key has no lease with this id.',
    fix: 'Use the id that the answer to `POST /v1/leases` gave.',
  },
  'lease.device-not-ready': {
    kind: 'error',
    status: 409,
    title: 'Device cannot be leased now',
    detail:
      'Only a device that is verified and connected, and whose cards all keep a table, can be handed over.',
    fix: 'Ask `GET /v1/devices/:id`: lease it when it is verified and connected, with an `endsAt` before its next maintenance.',
  },
  'lease.device-taken': {
    kind: 'error',
    status: 409,
    title: 'Device is leased',
    detail: 'The device has a lease that has not ended.',
    fix: 'Lease another device, or end that lease first.',
  },
  'lease.reference-used': {
    kind: 'error',
    status: 409,
    title: 'Reference used otherwise',
    detail: 'A lease of this key has the same reference for another device or end.',
    fix: 'Use a new reference for a new lease; repeat the very same request to get the same lease again.',
  },
  'lease.over': {
    kind: 'error',
    status: 409,
    title: 'Lease is over',
    detail: 'The lease has ended, is ending, or never began.',
    fix: 'Nothing can be changed any more. Ask for its receipt.',
  },
  'lease.end-invalid': {
    kind: 'error',
    status: 400,
    title: 'End of lease not possible',
    detail:
      'A lease ends in the future, and while its receipt can hold all probes: usually 250 days of one card, a month of eight.',
    fix: 'Send another `endsAt`, or `"state": "ended"` to end it now.',
  },
  'witness.invalid': {
    kind: 'error',
    status: 400,
    title: 'Statement not accepted',
    detail:
      'The signature is not right, the tag is not one of this lease, or another key spoke for it before.',
    fix: 'Run `touchstone witness` once for the whole lease, with the token that the marketplace gave.',
  },
});

/** What stops `touchstone verify-receipt` and `touchstone witness` before there is anything to check. */
export const receiptErrorCodes = codes({
  'receipt.unreadable': {
    kind: 'error',
    title: 'Receipt not readable',
    detail: 'The file cannot be read, or is too large for a receipt.',
    fix: 'Name the file with the receipt as the verifier sent it.',
  },
  'witness.token-unreadable': {
    kind: 'error',
    title: 'Witness token not readable',
    detail: 'There is no token of a witness in the file or the variable.',
    fix: 'Put the `witnessToken` of the answer to `POST /v1/leases` into a file for `--token`, or into TOUCHSTONE_WITNESS_TOKEN.',
  },
});

/** Why a lease is as it is, and what its receipt says. */
export const leaseReasonCodes = codes({
  'lease.requested': {
    kind: 'reason',
    title: 'Lease requested',
    detail: 'The device shows that it is whole in a joint exam, then makes its ballast table.',
    fix: 'Nothing to do: it takes some minutes.',
  },
  'lease.handed-over': {
    kind: 'reason',
    title: 'Handed over',
    detail: 'All cards passed the joint exam and hold their ballast tables.',
    fix: 'Nothing to do.',
  },
  'lease.hand-over-failed': {
    kind: 'reason',
    title: 'Hand-over failed',
    detail: 'A card did not pass the exam at the hand-over, or could not make its ballast table.',
    fix: 'Lease another device. The supplier sees the checks in the explanation of the device.',
  },
  'lease.cancelled': {
    kind: 'reason',
    title: 'Ended before it began',
    detail: 'The marketplace ended the lease while the cards were being handed over.',
    fix: 'Nothing to do.',
  },
  'lease.extended': {
    kind: 'reason',
    title: 'End changed',
    detail: 'The marketplace set another end.',
    fix: 'Nothing to do.',
  },
  'lease.returning': {
    kind: 'reason',
    title: 'Being returned',
    detail: 'The end has come, or the marketplace ended the lease. A joint exam shows the cards again.',
    fix: 'Nothing to do.',
  },
  'lease.returned': {
    kind: 'reason',
    title: 'Returned whole',
    detail: 'All cards passed the joint exam at the return.',
    fix: 'Nothing to do.',
  },
  'lease.return-unproven': {
    kind: 'reason',
    title: 'Return not proven',
    detail: 'The exam at the return was failed, or did not come about in time.',
    fix: 'See the exam in the receipt.',
  },
  'receipt.whole': {
    kind: 'reason',
    title: 'Whole and there',
    detail:
      'Both exams were passed, the lease is proven but for a small share, and nothing speaks for a foreign load.',
    fix: 'Nothing to do.',
  },
  'receipt.contended': {
    kind: 'reason',
    title: 'Foreign load',
    detail:
      'While the tenant was idle, probes were slower than this card by itself: something else ran on it.',
    fix: 'Stop all other work on leased cards, and offer them on one network at a time.',
  },
  'receipt.absent': {
    kind: 'reason',
    title: 'Not there all the time',
    detail: 'A share of the lease is not proven: probes were missed, late or wrong, or the device was away.',
    fix: 'See the gaps with their codes.',
  },
  'receipt.not-whole': {
    kind: 'reason',
    title: 'Not whole at an end',
    detail: 'A card failed the joint exam at the hand-over or at the return.',
    fix: 'See the exams of the receipt.',
  },
  'receipt.unproven': {
    kind: 'reason',
    title: 'Too little to say',
    detail: 'There are too few probes, or an exam at an end is missing, through nobody’s shown fault.',
    fix: 'Longer leases are proven better.',
  },
  'receipt.invalid': {
    kind: 'reason',
    title: 'Receipt not right',
    detail: 'A signature, a tag, a seed or a figure of the receipt does not follow from the rest of it.',
    fix: 'Fetch the receipt again from the verifier; do not rely on this copy.',
  },
});
