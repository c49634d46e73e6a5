import { fromHex, toHex } from '../../../protocol/bytes.js';
import type { WitnessStatement } from '../../../protocol/messages/lease.js';
import type { Receipt, ReceiptCard, ReceiptEntry, ReceiptExam } from '../../../protocol/messages/receipt.js';
import { firstTag, keyCommitment, nextTag, noRoot, probeSeed } from '../../../protocol/transcript.js';
import { receiptFigures } from '../../formula/v1/lease/receipt.js';
import { bytesOf, hexOf, signerOf } from './lease-keys.js';

// A verifier's side of a lease in a few lines: everything is really signed and follows from everything else.

export const verifierSigner = signerOf('verifier');
export const deviceSigner = signerOf('device');
export const witnessSigner = signerOf('witness');
export const lease = `le_${'5'.repeat(32)}`;
const minute = 60_000;
export const startedAt = Date.UTC(2026, 0, 5, 12);
const key = bytesOf('key of the lease');

/** What one probe, or one outage, of a card was. */
export interface LeaseEvent {
  /** Minutes after the beginning. */
  readonly minute: number;
  readonly code?: string;
  readonly elapsedMs?: number;
  readonly load?: number | null;
  readonly beacon?: boolean;
  /** Of an outage: minutes that it lasted and was credited. */
  readonly outage?: { readonly minutes: number; readonly creditedMinutes: number };
}

export interface LeaseStory {
  readonly hours: number;
  /** For each card. */
  readonly cards: readonly (readonly LeaseEvent[])[];
  readonly baselineMs?: number;
  readonly returned?: 'passed' | 'failed' | null;
  readonly witness?: readonly {
    readonly card: number;
    readonly index: number;
    readonly minute: number;
    readonly load: number | null;
  }[];
  readonly ours?: readonly { readonly from: number; readonly to: number }[];
}

/** An honest lease: a probe every three minutes. */
export function honestStory(hours = 2, cards = 2): LeaseStory {
  const events = Array.from({ length: hours * 20 - 1 }, (_, at) => ({
    ...{
      minute: 3 * (at + 1),
      elapsedMs: 100 + (at % 7),
      load: at % 2 === 0 ? 0 : 0.9,
      beacon: at % 3 === 0,
    },
  }));
  return {
    hours,
    cards: Array.from({ length: cards }, () => events),
    witness: [{ card: 0, index: 1, minute: 4, load: 0 }],
  };
}

/** The signed receipt of a lease that has ended. */
export function receiptOf(story: LeaseStory): Receipt {
  const endedAt = startedAt + story.hours * 60 * minute;
  const cards = story.cards.map((events, card) => cardOf(story, card, events, endedAt));
  const fields: Omit<Receipt, 'signature'> = {
    version: 'touchstone/receipt/v1',
    formula: 'v1',
    issuedAt: endedAt + minute,
    lease,
    device: deviceSigner.key,
    marketplace: 'market',
    reference: 'order 7',
    state: 'ended',
    openedAt: startedAt - 5 * minute,
    startedAt,
    endedAt,
    commitment: toHex(keyCommitment(key)),
    key: toHex(key),
    cards,
    ours: (story.ours ?? []).map(({ from, to }) => ({
      from: startedAt + from * minute,
      to: startedAt + to * minute,
    })),
    witness: (story.witness ?? []).map((said) => statementOf(cards, said)),
    figures: emptyFigures,
    verdict: { outcome: 'unproven', confidence: 0, reasons: [] },
    verifier: verifierSigner.key,
  };
  return signed(withFigures(fields));
}

/** The same receipt with the figures and the verdict that follow from its entries. */
export function withFigures(fields: Omit<Receipt, 'signature'>): Omit<Receipt, 'signature'> {
  const { cards, figures, verdict } = receiptFigures(fields);
  return {
    ...fields,
    cards: fields.cards.map((card, at) => ({
      ...card,
      figures: cards[at]?.figures ?? emptyFigures,
      gaps: [...(cards[at]?.gaps ?? [])],
    })),
    figures,
    verdict,
  };
}

/** As the verifier signs it, whatever it says. */
export function signed(
  receipt: Omit<Receipt, 'signature'> & { signature?: string },
  by = verifierSigner,
): Receipt {
  const { signature: _, ...fields } = receipt;
  return { ...fields, signature: by.sign('receipt', fields) };
}

const emptyFigures = {
  provenShare: null,
  longestGapMs: 0,
  contentionIndex: null,
  idleProbes: 0,
  slowIdleProbes: 0,
};

function cardOf(
  story: LeaseStory,
  card: number,
  events: readonly LeaseEvent[],
  endedAt: number,
): ReceiptCard {
  const entries = transcriptOf(card, events);
  const last = entries.findLast(({ kind, root }) => kind === 'probe' && root !== toHex(noRoot));
  const returned = story.returned === undefined ? 'passed' : story.returned;
  return {
    card,
    model: 'NVIDIA GeForce RTX 4090',
    handOver: examAt('hand-over', startedAt - minute, 'passed'),
    return: returned && examAt('return', endedAt, returned),
    table: {
      shape: { n: 1024, layers: 512, banks: 1, bankPages: 262_144, rounds: 4, walkers: 65_536, steps: 2 },
      tableSeed: hexOf(`table ${card}`),
      rounds: 2,
    },
    baselineMs: story.baselineMs ?? 100,
    entries,
    gaps: [],
    figures: emptyFigures,
    deviceSigned: last ? signedTag(card, last.index, last.tag) : null,
  };
}

/** The device's signature over a tag. */
export function signedTag(card: number, index: number, tag: string) {
  const fields = { device: deviceSigner.key, card, transcript: lease, index, tag };
  return { index, tag, signature: deviceSigner.sign('transcript', fields) };
}

/** The entries of a card: tags and seeds as a verifier makes them. */
function transcriptOf(card: number, events: readonly LeaseEvent[]): ReceiptEntry[] {
  let previous = firstTag(deviceSigner.key, card, lease);
  return events.map((event, at) => {
    const index = at + 1;
    const before = previous;
    const entry = event.outage ? outageEntry(card, index, event) : probeEntry(card, index, event, before);
    previous = nextTag(before, index, fromHex(entry.root));
    return { ...entry, tag: toHex(previous) };
  });
}

const silent = new Set(['probe.missed', 'probe.no-table', 'probe.unanswered', 'probe.ours']);

function probeEntry(card: number, index: number, event: LeaseEvent, before: Uint8Array): ReceiptEntry {
  const code = event.code ?? 'probe.passed';
  const answered = !silent.has(code);
  const beacon = event.beacon ? { source: 'solana', round: index, value: hexOf(`block ${index}`) } : null;
  const seed = probeSeed(key, card, index, before, beacon ? fromHex(beacon.value) : noRoot);
  const opened = answered ? 4 : 0;
  return {
    ...{ index, kind: 'probe', at: startedAt + event.minute * minute, code, outcome: outcomeOf(code) },
    root: answered ? hexOf(`root ${card} ${index}`) : toHex(noRoot),
    tag: '',
    seed: toHex(seed),
    beacon,
    opened,
    right: code === 'probe.wrong-walk' ? 3 : opened,
    elapsedMs: answered ? (event.elapsedMs ?? 100) : null,
    load: answered ? (event.load ?? null) : null,
    outage: null,
  };
}

function outcomeOf(code: string): ReceiptEntry['outcome'] {
  if (code === 'probe.passed') return 'passed';
  if (code === 'probe.ours') return 'ours';
  return code === 'probe.unanswered' || code === 'probe.slow-line' ? 'unanswered' : 'failed';
}

function outageEntry(card: number, index: number, { minute: at, outage }: LeaseEvent): ReceiptEntry {
  const { minutes = 0, creditedMinutes = 0 } = outage ?? {};
  const credited = creditedMinutes > 0;
  return {
    ...{ index, kind: 'offline', at: startedAt + at * minute, outcome: credited ? 'passed' : 'failed' },
    code: credited ? 'offline.credited' : 'offline.wrong-key',
    root: hexOf(`links ${card} ${index}`),
    ...{ tag: '', seed: null, beacon: null, opened: 4, right: 4, elapsedMs: null, load: null },
    outage: { from: startedAt + (at - minutes) * minute, creditedMs: creditedMinutes * minute },
  };
}

function examAt(name: string, at: number, outcome: 'passed' | 'failed'): ReceiptExam {
  const passed = outcome === 'passed';
  return {
    ...{ exam: `ex_${hexOf(name).slice(0, 32)}`, at, outcome, class: passed ? 'rtx-4090' : null },
    ...{ gflops: passed ? 20_000 : null, bandwidthGBps: passed ? 700 : null },
    reasons: [passed ? 'exam.passed' : 'bandwidth.below-class'],
  };
}

function statementOf(
  cards: readonly ReceiptCard[],
  { card, index, minute: at, load }: NonNullable<LeaseStory['witness']>[number],
): WitnessStatement {
  const tag =
    index === 0 ? toHex(firstTag(deviceSigner.key, card, lease)) : cards[card]?.entries[index - 1]?.tag;
  const fields = {
    lease,
    at: startedAt + at * minute,
    card,
    index,
    tag: tag ?? '',
    load,
    key: witnessSigner.key,
  };
  return { ...fields, signature: witnessSigner.sign('witness', fields) };
}
