import type { Clock } from '../../protocol/clock.js';
import { TouchstoneError } from '../../protocol/error.js';
import { hourTranscript } from '../../protocol/ids.js';
import type { CardClaim } from '../../protocol/messages/cards.js';
import type { Receipt } from '../../protocol/messages/receipt.js';
import type { SigningPurpose } from '../../protocol/signing.js';
import type { ExamFact } from '../../scoring/facts/facts.js';
import type { LeaseMovedFact, LeaseWitnessedFact } from '../../scoring/facts/lease.js';
import type { OfflineFact, ProbeFact, TableFact } from '../../scoring/facts/timelock.js';
import type { Lease } from './lease.js';
import { type CardFacts, makeReceipt } from './receipt.js';
import { isOver } from './transitions.js';

const hourMs = 3600_000;
/** The probes at rest come right before the hand-over is over. */
const longestRestMs = 2 * hourMs;
/** A receipt of a lease that goes on is made anew at most so often, and takes at most so much of our time: it may be long. */
const freshMs = 10_000;
const shareOfTime = 0.05;
/** Receipts that are kept: characters in all, however few they are. */
const keptCharacters = 128 * 2 ** 20;

/** What the record says of a lease. */
export interface ReceiptRecord {
  history(lease: string): Promise<readonly (LeaseMovedFact | LeaseWitnessedFact)[]>;
  /** The ballasts that were made for it, oldest first. */
  tables(device: string, lease: string): Promise<readonly TableFact[]>;
  exam(device: string, exam: string): Promise<readonly ExamFact[]>;
  /** By index. */
  transcript(device: string, card: number, transcript: string): Promise<readonly (ProbeFact | OfflineFact)[]>;
  oursBetween(from: number, to: number): Promise<readonly { from: number; to: number }[]>;
  /** Waits a while until the record has all that was acknowledged. @returns false where it has not */
  settled(): Promise<boolean>;
}

export interface ReceiptsOptions {
  readonly record: ReceiptRecord;
  readonly clock: Pick<Clock, 'now'>;
  readonly keyOf: (device: string, transcript: string) => Uint8Array;
  readonly signing: {
    readonly key: string;
    sign(purpose: SigningPurpose, fields: Record<string, unknown>): string;
  };
  /** What the device claims at present, and which of its cards can be leased. */
  readonly claims: (device: string) => readonly { readonly card: number; readonly claim: CardClaim }[];
}

/** JSON text, as it is sent. */
interface MadeReceipt {
  readonly text: Promise<string>;
  /** Milliseconds since 1970; it is made anew after that. */
  until: number;
  /** 0 while it is being made. */
  characters: number;
}

/** Makes the receipts of leases, from the record alone. */
export class Receipts {
  readonly #options: ReceiptsOptions;
  readonly #made = new Map<string, MadeReceipt>();

  constructor(options: ReceiptsOptions) {
    this.#options = options;
  }

  /**
   * The receipt of a lease as JSON text.
   * @throws TouchstoneError `service.storage-unavailable` where it would be final and the record lacks something
   */
  textOf(lease: Lease): Promise<string> {
    const { clock } = this.#options;
    const begun = clock.now();
    const key = `${lease.id}/${lease.state}`;
    const known = this.#made.get(key);
    if (known !== undefined && begun < known.until) return known.text;
    const text = this.#make(lease).then((receipt) => JSON.stringify(receipt));
    const made: MadeReceipt = { text, until: Number.POSITIVE_INFINITY, characters: 0 };
    this.#made.delete(key);
    this.#made.set(key, made);
    text.then(
      ({ length }) => {
        const now = clock.now();
        made.characters = length;
        if (!isOver(lease.state)) made.until = now + Math.max(freshMs, (now - begun) / shareOfTime);
        this.#forgetOldest();
      },
      () => {
        if (this.#made.get(key) === made) this.#made.delete(key);
      },
    );
    return text;
  }

  #forgetOldest(): void {
    let characters = [...this.#made.values()].reduce((sum, made) => sum + made.characters, 0);
    for (const [key, made] of this.#made) {
      if (characters <= keptCharacters || this.#made.size === 1) break;
      // One that is being made is asked for by somebody right now.
      if (made.characters === 0) continue;
      this.#made.delete(key);
      characters -= made.characters;
    }
  }

  async #make(lease: Lease): Promise<Receipt> {
    const { record, clock, keyOf, signing } = this.#options;
    const { id, device, startedAt, endedAt, handOverExam, returnExam } = lease;
    if (!(await record.settled()) && isOver(lease.state)) {
      throw new TouchstoneError(
        'service.storage-unavailable',
        'The record does not have all of the lease yet.',
      );
    }
    const now = clock.now();
    const exam = (of: string | null) => (of === null ? Promise.resolve([]) : record.exam(device, of));
    const [history, tables, handOver, returned, ours] = await Promise.all([
      record.history(id),
      record.tables(device, id),
      exam(handOverExam),
      exam(returnExam),
      startedAt === null ? [] : record.oursBetween(startedAt, endedAt ?? now),
    ]);
    const cards: CardFacts[] = [];
    for (const one of this.#cardsOf(lease, tables, handOver)) cards.push(await this.#card(lease, one));
    const witness = history.flatMap((fact) => (fact.kind === 'lease.witnessed' ? [fact.statement] : []));
    const key = keyOf(device, id);
    const fields = makeReceipt({ lease, handOver, returned, cards, ours, witness, key, now });
    const signed = { ...fields, verifier: signing.key };
    return { ...signed, signature: signing.sign('receipt', signed) };
  }

  /** Those that made a ballast for it; of a lease that did not come so far, those that were examined, or would have been. */
  #cardsOf(
    { device, startedAt }: Lease,
    tables: readonly TableFact[],
    handOver: readonly ExamFact[],
  ): Pick<CardFacts, 'card' | 'claim' | 'table'>[] {
    const examined = handOver.map(({ card, claim }) => ({ card, claim }));
    const known = examined.length > 0 ? examined : this.#options.claims(device);
    const leased = known.map(({ card, claim }) => {
      const made = tables.filter((one) => one.card === card && one.at <= (startedAt ?? one.at));
      return { card, claim, table: made.at(-1) ?? null };
    });
    const withTable = leased.filter(({ table }) => table !== null);
    const shown = withTable.length > 0 ? withTable : leased;
    return shown.sort((a, b) => a.card - b.card);
  }

  async #card(lease: Lease, of: Pick<CardFacts, 'card' | 'claim' | 'table'>): Promise<CardFacts> {
    const { record } = this.#options;
    const { device, id, openedAt, startedAt } = lease;
    if (startedAt === null) return { ...of, before: [], transcript: [] };
    const before: ProbeFact[] = [];
    const first = Math.max(openedAt, startedAt - longestRestMs);
    for (let hour = Math.floor(first / hourMs); hour <= Math.floor(startedAt / hourMs); hour += 1) {
      const facts = await record.transcript(device, of.card, hourTranscript(hour * hourMs));
      before.push(...facts.filter(isProbe).filter(({ at }) => at <= startedAt));
    }
    return { ...of, before, transcript: await record.transcript(device, of.card, id) };
  }
}

const isProbe = (fact: ProbeFact | OfflineFact): fact is ProbeFact => fact.kind === 'probe.finished';
