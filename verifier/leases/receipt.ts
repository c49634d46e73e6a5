import { toHex } from '../../protocol/bytes.js';
import type { CardClaim } from '../../protocol/messages/cards.js';
import type { WitnessStatement } from '../../protocol/messages/lease.js';
import type { Receipt, ReceiptCard } from '../../protocol/messages/receipt.js';
import type { ExamFact } from '../../scoring/facts/facts.js';
import type { OfflineFact, ProbeFact, TableFact } from '../../scoring/facts/timelock.js';
import { receiptFigures } from '../../scoring/formula/v1/lease/receipt.js';
import { idleBaselineMs, probeTimeMs } from '../../scoring/judge/probe.js';
import { sameCard } from './give-back.js';
import type { Lease } from './lease.js';
import { deviceSignedOf, entryOf, examOf } from './receipt-entry.js';
import { isOver } from './transitions.js';

/** All facts that a receipt is made of. */
export interface ReceiptFacts {
  readonly lease: Lease;
  /** The exams at both ends, all cards'; empty where there was none. */
  readonly handOver: readonly ExamFact[];
  readonly returned: readonly ExamFact[];
  /** The cards that are leased, ascending. */
  readonly cards: readonly CardFacts[];
  /** When no verifier was in service while it lasted, milliseconds since 1970. */
  readonly ours: readonly { readonly from: number; readonly to: number }[];
  /** In the order in which they came. */
  readonly witness: readonly WitnessStatement[];
  /** What all its probe seeds were made with, 32 bytes. */
  readonly key: Uint8Array;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface CardFacts {
  readonly card: number;
  /** As it is now: for a lease that did not come so far as an exam. */
  readonly claim: CardClaim;
  /** Its ballast at the hand-over; null where it made none. */
  readonly table: TableFact | null;
  /** Probes before the hand-over, on whichever table; oldest first. */
  readonly before: readonly ProbeFact[];
  /** The transcript of the lease, by index. */
  readonly transcript: readonly (ProbeFact | OfflineFact)[];
}

type UnsignedReceipt = Omit<Receipt, 'verifier' | 'signature'>;

/** A receipt, but for the signature of the verifier. The same facts give the same receipt; one that is final never changes. */
export function makeReceipt(facts: ReceiptFacts): UnsignedReceipt {
  const { lease, ours, witness, key, now } = facts;
  const over = isOver(lease.state);
  const cards = facts.cards.map((card) => cardReceipt(facts, card));
  const entries = cards.flatMap((card) => card.entries.map(({ at }) => at));
  const issuedAt = over ? entries.reduce((last, at) => Math.max(last, at), lease.movedAt) : now;
  const { id, device, marketplace, reference, state, openedAt, startedAt, commitment } = lease;
  // The hire ends before the exam that follows it; until that is over the end may still be unproven.
  const endedAt = over ? lease.endedAt : null;
  const course = {
    issuedAt,
    startedAt,
    endedAt,
    cards,
    ours: ours.map(({ from, to }) => ({ from, to })),
    witness: witness.filter(({ card }) => cards.some((one) => one.card === card)),
  };
  const made = receiptFigures(course);
  return {
    version: 'touchstone/receipt/v1',
    formula: 'v1',
    lease: id,
    device,
    marketplace,
    reference,
    state,
    openedAt,
    commitment,
    key: over ? toHex(key) : null,
    ...course,
    cards: cards.map((card, place) => ({ ...card, ...shownFigures(made.cards[place], made.figures) })),
    figures: made.figures,
    verdict: made.verdict,
  };
}

type MadeFigures = ReturnType<typeof receiptFigures>;

const shownFigures = (
  made: MadeFigures['cards'][number] | undefined,
  none: MadeFigures['figures'],
): Pick<ReceiptCard, 'figures' | 'gaps'> => ({
  figures: made?.figures ?? none,
  gaps: [...(made?.gaps ?? [])],
});

function cardReceipt(
  { lease, handOver, returned }: ReceiptFacts,
  { card, claim, table, before, transcript }: CardFacts,
): Omit<ReceiptCard, 'figures' | 'gaps'> {
  const given = handOver.find((fact) => fact.card === card) ?? null;
  // Of another card under the same number nothing is shown.
  const back = given === null ? null : (returned.find((fact) => sameCard(fact, given)) ?? null);
  const resting = before.filter(
    (probe) => probe.tableSeed === table?.tableSeed && probe.outcome === 'passed' && probe.elapsedMs !== null,
  );
  const rounds = resting[0]?.rounds ?? table?.shape.rounds ?? 1;
  return {
    card,
    model: (given?.claim ?? claim).model,
    handOver: given === null ? null : examOf(given),
    return: back === null ? null : examOf(back),
    table: table === null ? null : { shape: table.shape, tableSeed: table.tableSeed, rounds },
    baselineMs: idleBaselineMs(
      resting.map(({ elapsedMs, roundTripMs }) => probeTimeMs(elapsedMs ?? 0, roundTripMs)),
    ),
    entries: transcript.flatMap((fact) => entryOf(fact, card, lease.id)),
    deviceSigned: deviceSignedOf(transcript),
  };
}
