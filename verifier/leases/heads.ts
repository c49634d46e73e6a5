import { toHex } from '../../protocol/bytes.js';
import { TouchstoneError } from '../../protocol/error.js';
import { firstTag } from '../../protocol/transcript.js';
import type { Transcripts } from '../probes/transcripts.js';
import type { Lease } from './lease.js';
import { entryOf } from './receipt-entry.js';
import type { ReceiptRecord } from './receipts.js';
import { isRunning } from './transitions.js';
import type { Head } from './witnesses.js';

export interface HeadsOptions {
  readonly record: Pick<ReceiptRecord, 'tables' | 'transcript' | 'settled'>;
  /** The last entry on record; null before the first. */
  readonly recorded: (
    device: string,
    card: number,
    transcript: string,
  ) => Promise<{ readonly index: number; readonly tag: string } | null>;
  readonly transcripts: Pick<Transcripts, 'head'>;
}

/** Where the transcripts of a lease stand: its witness looks at them while it lasts. */
export class Heads {
  readonly #options: HeadsOptions;

  constructor(options: HeadsOptions) {
    this.#options = options;
  }

  /** Of each card that is leased, ascending; none before the hand-over is over. @throws the record's errors */
  async of(lease: Lease): Promise<Head[]> {
    const { device, id, startedAt } = lease;
    if (startedAt === null) return [];
    const tables = await this.#options.record.tables(device, id);
    const cards = new Set(tables.filter(({ at }) => at <= startedAt).map(({ card }) => card));
    const heads: Head[] = [];
    for (const card of [...cards].sort((a, b) => a - b))
      heads.push({ card, ...(await this.#head(lease, card)) });
    return heads;
  }

  /**
   * The tag of one entry, 64 hexadecimal digits; null where there is none.
   * @throws TouchstoneError `service.storage-unavailable` where the record may not have it yet
   */
  async tagOf({ device, id }: Lease, card: number, index: number): Promise<string | null> {
    const { record } = this.#options;
    const complete = await record.settled();
    const facts = await record.transcript(device, card, id);
    const entry = facts.flatMap((fact) => entryOf(fact, card, id)).find((one) => one.index === index);
    if (entry === undefined && !complete) throw new TouchstoneError('service.storage-unavailable');
    return entry?.tag ?? null;
  }

  async #head({ device, id, state }: Lease, card: number): Promise<Omit<Head, 'card'>> {
    const { transcripts, recorded } = this.#options;
    if (isRunning(state)) {
      const { transcript, index, tag } = await transcripts.head(device, card);
      // The lease may have ended meanwhile.
      if (transcript === id) return { index, tag: toHex(tag) };
    }
    const last = await recorded(device, card, id);
    return last === null
      ? { index: 0, tag: toHex(firstTag(device, card, id)) }
      : { index: last.index, tag: last.tag };
  }
}
