import { toHex } from '../../protocol/bytes.js';
import type { Receipt, ReceiptEntry } from '../../protocol/messages/receipt.js';
import type { ProbeOutcome } from '../../protocol/status.js';
import { noRoot } from '../../protocol/transcript.js';
import { checkOf, clockStepMs, faultsOfCards, faultsOfEntries, type ReceiptCheck } from './receipt-check.js';

const nothing = toHex(noRoot);

/** What each code of a probe means. */
const outcomeOfProbe: Readonly<Record<string, ProbeOutcome>> = {
  'probe.passed': 'passed',
  'probe.missed': 'failed',
  'probe.late': 'failed',
  'probe.no-table': 'failed',
  'probe.wrong-walk': 'failed',
  'probe.wrong-reveal': 'failed',
  'probe.wrong-signature': 'failed',
  'probe.unanswered': 'unanswered',
  'probe.slow-line': 'unanswered',
  'probe.ours': 'ours',
};

/** Each entry makes sense by itself: its outcome is that of its code, and what passed has shown something. */
export function checkEntries(receipt: Receipt): ReceiptCheck {
  return checkOf(
    'entries',
    'each says what its code means, one after the other',
    faultsOfCards(receipt, (card) =>
      faultsOfEntries(card, (entry, at) => [
        ...timeFaults(receipt, entry, card.entries[at - 1]),
        ...(entry.kind === 'probe' ? probeFaults(entry) : outageFaults(entry)),
        entry.right > entry.opened && 'has more right walkers than opened ones',
      ]),
    ),
  );
}

function timeFaults({ openedAt, issuedAt }: Receipt, { at }: ReceiptEntry, before?: ReceiptEntry) {
  return [
    at < openedAt - clockStepMs && 'is from before the lease',
    at > issuedAt + clockStepMs && 'is from after the receipt',
    before !== undefined && at < before.at - clockStepMs && 'is from before the entry before it',
  ];
}

function probeFaults({ outcome, code, root, seed, outage, opened, right, elapsedMs }: ReceiptEntry) {
  const passed = outcome === 'passed';
  return [
    outcomeOfProbe[code] !== outcome && `has outcome ${outcome}, which is not that of ${code}`,
    seed === null && 'is a probe without a seed',
    outage !== null && 'is a probe and names an outage',
    passed && root === nothing && 'has passed without a root',
    passed && (opened === 0 || right < opened) && 'has passed without right walkers',
    passed && elapsedMs === null && 'has passed without a time',
    code === 'probe.wrong-walk' && right === opened && 'is a wrong walk whose walkers are all right',
  ];
}

function outageFaults({ at, outcome, root, seed, beacon, outage, opened, right }: ReceiptEntry) {
  const credited = (outage?.creditedMs ?? 0) > 0;
  return [
    outage === null && 'is an outage without its beginning',
    (seed !== null || beacon !== null) && 'is an outage and has a seed',
    credited && outcome !== 'passed' && `credits an outage that is ${outcome}`,
    credited && root === nothing && 'credits an outage without a root',
    credited && (opened === 0 || right < opened) && 'credits an outage without right walkers',
    outage !== null &&
      outage.from + outage.creditedMs > at + clockStepMs &&
      'credits more than the outage was long',
  ];
}
