import type { Receipt } from '../../../protocol/messages/receipt.js';
import { verifyReceipt } from '../../../scoring/receipt/verify.js';

/** What `touchstone verify-receipt --key` finds wrong, as `check: detail`. */
export const faultsOf = (receipt: unknown, issuer: string): string[] =>
  verifyReceipt(receipt, { issuer })
    .checks.filter(({ ok }) => !ok)
    .map(({ check, detail }) => `${check}: ${detail}`);

/** The codes of all gaps, each once. */
export const gapCodesOf = ({ cards }: Receipt): string[] => [
  ...new Set(cards.flatMap(({ gaps }) => gaps.map(({ code }) => code))),
];

/** The codes of all entries, each once. */
export const codesOf = ({ cards }: Receipt): string[] => [
  ...new Set(cards.flatMap(({ entries }) => entries.map(({ code }) => code))),
];
