import { fromHex } from '../../protocol/bytes.js';
import { firstTag, nextTag } from '../../protocol/transcript.js';

/** Where a card's transcript stands. */
export interface TranscriptHead {
  readonly transcript: string;
  /** Of the last entry; 0 before the first. */
  readonly index: number;
  /** The tag after it, 32 bytes. */
  readonly tag: Uint8Array;
}

/**
 * The place of the next entry of a transcript. Whoever has it records the entry, with `nextTag(previous, index, root)`, and
 * then closes it: an entry that is not on record must not move the transcript on.
 */
export interface OpenEntry {
  readonly transcript: string;
  readonly index: number;
  /** The tag before it, 32 bytes. */
  readonly previous: Uint8Array;
  /** @param root 32 bytes @returns the tag after it */
  close(root: Uint8Array): Uint8Array;
  /** There was no entry: the next one has this place. Does nothing after `close`. */
  abandon(): void;
}

export interface TranscriptsOptions {
  /** The last entry on record; null before the first. `tag` is 64 hexadecimal digits. */
  readonly recorded: (
    device: string,
    card: number,
    transcript: string,
  ) => Promise<{ readonly index: number; readonly tag: string } | null>;
  /** What the next entry of the device belongs to: its lease, or the hour. */
  readonly current: (device: string) => string;
}

/** Transcripts of a card whose heads are kept. After a lease within one hour that hour goes on, before the record has it all. */
const keptHeads = 4;

interface CardTranscripts {
  /** By transcript, the one that was used last at the end. */
  readonly heads: Map<string, TranscriptHead>;
  /** Settles when nobody has or waits for a turn. */
  tail: Promise<void>;
}

/** Gives the entries of each card's transcript their places, one at a time. */
export class Transcripts {
  readonly #options: TranscriptsOptions;
  readonly #cards = new Map<string, CardTranscripts>();

  constructor(options: TranscriptsOptions) {
    this.#options = options;
  }

  /** Waits until no other entry of the card is open. @throws the record's errors; then the turn is over */
  async open(device: string, card: number): Promise<OpenEntry> {
    const cards = this.#of(device, card);
    const before = cards.tail;
    let release: () => void = () => {};
    cards.tail = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    let over = false;
    const end = () => {
      over = true;
      release();
    };
    try {
      const { transcript, index: last, tag: previous } = await this.#head(device, card, cards);
      const index = last + 1;
      return {
        transcript,
        index,
        previous,
        close: (root) => {
          const tag = nextTag(previous, index, root);
          if (!over) this.#keep(cards, { transcript, index, tag });
          end();
          return tag;
        },
        abandon: end,
      };
    } catch (error) {
      end();
      throw error;
    }
  }

  /** The present transcript of the card, as far as its entries are closed. @throws the record's errors */
  head(device: string, card: number): Promise<TranscriptHead> {
    return this.#head(device, card, this.#of(device, card));
  }

  async #head(device: string, card: number, cards: CardTranscripts): Promise<TranscriptHead> {
    const transcript = this.#options.current(device);
    const kept = cards.heads.get(transcript);
    if (kept !== undefined) return kept;
    const recorded = await this.#options.recorded(device, card, transcript);
    const head =
      recorded === null
        ? { transcript, index: 0, tag: firstTag(device, card, transcript) }
        : { transcript, index: recorded.index, tag: fromHex(recorded.tag) };
    // An entry may have been closed while the record was read.
    const newer = cards.heads.get(transcript) ?? head;
    this.#keep(cards, newer);
    return newer;
  }

  #keep({ heads }: CardTranscripts, head: TranscriptHead): void {
    heads.delete(head.transcript);
    heads.set(head.transcript, head);
    for (const transcript of heads.keys()) {
      if (heads.size <= keptHeads) break;
      heads.delete(transcript);
    }
  }

  #of(device: string, card: number): CardTranscripts {
    const key = `${device}/${card}`;
    const cards = this.#cards.get(key) ?? { heads: new Map(), tail: Promise.resolve() };
    this.#cards.set(key, cards);
    return cards;
  }
}
