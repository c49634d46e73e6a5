import { Compile } from 'typebox/compile';
import { Receipt } from '../../protocol/messages/receipt.js';
import { checkCourse } from './course-check.js';
import { checkEntries } from './entry-checks.js';
import { checkFigures } from './figure-checks.js';
import { checkOf, type ReceiptCheck } from './receipt-check.js';
import {
  checkDeviceSignatures,
  checkIssuer,
  checkVerifierSignature,
  checkWitness,
} from './signature-checks.js';
import { checkKey, checkSeeds, checkTags } from './transcript-checks.js';

const schema = Compile(Receipt);

export interface VerifiedReceipt {
  /** Every check is right. */
  readonly ok: boolean;
  /** What was checked, in the order in which it was. */
  readonly checks: ReceiptCheck[];
  /** Null where it is no receipt at all; then `form` is the only check. */
  readonly receipt: Receipt | null;
}

/**
 * Checks a receipt of a lease with nothing but itself (docs/protocol.md section 4): that all in it was signed, and that everything
 * which follows from something else in it does so. Never throws, whatever it is given.
 *
 * What it can't know: whether the signing key is that of a verifier that anybody relies on (`issuer`), whether beacon values are
 * those of their source, and what the verifier saw and did not write down.
 *
 * @param receipt as parsed from JSON
 * @param expected `issuer`: public key of the verifier, 64 hexadecimal digits, known from elsewhere
 */
export function verifyReceipt(
  receipt: unknown,
  expected: { readonly issuer?: string } = {},
): VerifiedReceipt {
  if (!schema.Check(receipt)) {
    const detail = 'is not a receipt of this version, or a field of it is missing or of another form';
    return { ok: false, checks: [checkOf('form', '', [detail])], receipt: null };
  }
  const checks = [
    checkOf('form', receipt.version, []),
    checkVerifierSignature(receipt),
    ...(expected.issuer === undefined ? [] : [checkIssuer(receipt, expected.issuer)]),
    checkCourse(receipt),
    checkKey(receipt),
    checkTags(receipt),
    checkSeeds(receipt),
    checkEntries(receipt),
    checkDeviceSignatures(receipt),
    checkWitness(receipt),
    ...checkFigures(receipt),
  ];
  return { ok: checks.every(({ ok }) => ok), checks, receipt };
}
