import { codeTable, isCode } from '../protocol/codes/table.js';
import type { LeaseFigures, Receipt, ReceiptGap } from '../protocol/messages/receipt.js';
import type { VerifiedReceipt } from '../scoring/receipt/verify.js';

/**
 * A checked receipt as people read it: each check, then what the receipt says. A receipt with a failed check says nothing.
 *
 * @param issuer the key that it was held against; undefined where none was given
 */
export function receiptLines({ ok, checks, receipt }: VerifiedReceipt, issuer?: string): string[] {
  const width = Math.max(...checks.map(({ check }) => check.length));
  const lines = checks.map(
    ({ check, ok: right, detail }) =>
      `${right ? 'ok   ' : 'WRONG'}  ${check.padEnd(width)}  ${shown(detail)}`,
  );
  const { title, fix } = codeTable['receipt.invalid'];
  if (!ok || receipt === null) return [...lines, '', `${title}. ${fix} (receipt.invalid)`];
  return [...lines, '', ...said(receipt), ...(issuer === undefined ? ['', ...unknownIssuer(receipt)] : [])];
}

function said(receipt: Receipt): string[] {
  const { lease, device, marketplace, reference, state, startedAt, endedAt, cards, figures, verdict } =
    receipt;
  return [
    `lease    ${lease}, ${state}; "${shown(reference)}" of ${shown(marketplace)}`,
    `device   ${device}`,
    `time     ${instant(startedAt)} to ${instant(endedAt)}`,
    ...cards.flatMap((card) => [
      `card ${card.card}   ${shown(card.model)}: ${figuresLine(card.figures)}`,
      ...gapLines(card.gaps),
    ]),
    `all      ${figuresLine(figures)}`,
    `verdict  ${verdict.outcome}, confidence ${percent(verdict.confidence)}`,
    ...verdict.reasons.map(
      (code) => `         ${isCode(code) ? codeTable[code].title : 'Unknown'} (${shown(code)})`,
    ),
  ];
}

function figuresLine({
  provenShare,
  longestGapMs,
  contentionIndex,
  idleProbes,
  slowIdleProbes,
}: LeaseFigures): string {
  const share = provenShare === null ? 'nothing to prove' : `proven ${percent(provenShare)}`;
  const index = contentionIndex === null ? 'unknown' : contentionIndex.toFixed(2);
  return `${share}, longest gap ${minutes(longestGapMs)}, contention ${index} (${idleProbes} idle probes, ${slowIdleProbes} slow)`;
}

/** A lease can have very many: the longest ones. */
function gapLines(gaps: readonly ReceiptGap[]): string[] {
  const longest = [...gaps].sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, gapsShown);
  const lines = longest
    .sort((a, b) => a.from - b.from)
    .map(({ from, to, code }) => `         gap ${instant(from)}, ${minutes(to - from)}: ${shown(code)}`);
  return gaps.length > gapsShown ? [...lines, `         and ${gaps.length - gapsShown} shorter gaps`] : lines;
}

const gapsShown = 10;

const unknownIssuer = ({ verifier }: Receipt): string[] => [
  `This receipt agrees with itself and is signed by ${verifier}.`,
  'Anybody can make a key and such a receipt: rely on it only where that is the `key` of GET /v1/verifier of yours (--key checks it).',
];

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const minutes = (milliseconds: number): string => `${(milliseconds / 60_000).toFixed(1)} min`;
/** Times beyond what a calendar has come from no verifier, and still have to be shown. */
const instant = (at: number | null): string =>
  at === null ? '-' : at <= 8.64e15 ? new Date(at).toISOString() : String(at);
/** Text of a stranger's file: control characters would act on the terminal. */
const shown = (text: string): string => text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?').slice(0, 1000);
