import { fromHex, toHex } from '../../protocol/bytes.js';
import { firstTag, nextTag } from '../../protocol/transcript.js';
import type { Fact } from '../../scoring/facts/facts.js';
import type { Saved } from '../state/saved.js';

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
  /**
   * Leaves in the hot state what goes on record as this entry where we end before it is closed: no place is given twice with
   * another answer, and no question is asked twice. Resolves when it stands there, or can't. Never rejects.
   *
   * @param root 32 bytes
   * @param facts with the same ids, whoever records them
   */
  stage(root: Uint8Array, facts: readonly Fact[]): Promise<void>;
  /** @param root 32 bytes @returns the tag after it */
  close(root: Uint8Array): Uint8Array;
  /** There was no entry: the next one has this place. Does nothing after `close` and `release`. */
  abandon(): void;
  /** The turn is over, and what was staged stays: it is for the device's next home. */
  release(): void;
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
  /** Where heads stand for other verifiers, by device and card; nowhere where there are none. */
  readonly saved?: Saved<SavedHead>;
}

/** A head in the hot state, and what its next entry is where nobody closed it. */
export interface SavedHead {
  readonly transcript: string;
  readonly index: number;
  /** 64 hexadecimal digits. */
  readonly tag: string;
  readonly staged: { readonly root: string; readonly facts: readonly Fact[] } | null;
}

/** Transcripts of a card whose heads are kept. After a lease within one hour that hour goes on, before the record has it all. */
const keptHeads = 4;

interface CardTranscripts {
  /** By transcript, the one that was used last at the end. */
  readonly heads: Map<string, TranscriptHead>;
  /** Settles when nobody has or waits for a turn. */
  tail: Promise<void>;
  /** The device is at home elsewhere: what is still closed here says nothing there. */
  gone: boolean;
}

/** Gives the entries of each card's transcript their places, one at a time. */
export class Transcripts {
  readonly #options: TranscriptsOptions;
  readonly #devices = new Map<string, Map<number, CardTranscripts>>();

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
      const head = await this.#head(device, card, cards);
      return this.#entry({ device, card, cards, head, end, isOver: () => over });
    } catch (error) {
      end();
      throw error;
    }
  }

  /** The present transcript of the card, as far as its entries are closed. @throws the record's errors */
  head(device: string, card: number): Promise<TranscriptHead> {
    return this.#head(device, card, this.#of(device, card));
  }

  /**
   * The device is at home here: goes on where another verifier stopped, and has what it left unfinished recorded.
   * @param cards that the device has
   * @throws TouchstoneError `service.busy`, what `record` throws
   */
  async arrive(
    device: string,
    cards: number,
    record: (facts: readonly Fact[]) => Promise<void>,
  ): Promise<void> {
    const { saved } = this.#options;
    if (saved === undefined) return;
    const heads = await Promise.all(
      Array.from({ length: cards }, async (_, card) => ({
        card,
        head: await saved.get(keyOf(device, card)),
      })),
    );
    // One outage is an entry of several cards.
    const staged = new Map(
      heads.flatMap(({ head }) => head?.staged?.facts ?? []).map((fact) => [fact.id, fact]),
    );
    if (staged.size > 0) await record([...staged.values()]);
    for (const { card, head } of heads) {
      if (head === null) continue;
      const here = this.#of(device, card);
      this.#keep(here, unstaged(head));
      if (head.staged !== null) this.#save(device, card, here, unstaged(head), null);
    }
  }

  /** Resolves when no entry of the device is open, and its heads stand in the hot state; then nothing of it is kept. */
  async leave(device: string): Promise<void> {
    const cards = [...(this.#devices.get(device) ?? [])];
    for (const [, { tail }] of cards) await tail;
    await Promise.all(cards.map(([card]) => this.#options.saved?.flush(keyOf(device, card))));
    this.forget(device);
  }

  /** The device may be at home elsewhere. */
  forget(device: string): void {
    for (const [card, cards] of this.#devices.get(device) ?? []) {
      cards.gone = true;
      this.#options.saved?.forget(keyOf(device, card));
    }
    this.#devices.delete(device);
  }

  #entry({ device, card, cards, head, end, isOver }: Place): OpenEntry {
    const { transcript, tag: previous } = head;
    const index = head.index + 1;
    let staged = false;
    return {
      transcript,
      index,
      previous,
      stage: async (root, facts) => {
        staged = true;
        this.#save(device, card, cards, head, { root: toHex(root), facts });
        await this.#options.saved?.flush(keyOf(device, card));
      },
      close: (root) => {
        const tag = nextTag(previous, index, root);
        const closed = { transcript, index, tag };
        if (!isOver()) {
          this.#keep(cards, closed);
          this.#save(device, card, cards, closed, null);
        }
        end();
        return tag;
      },
      release: end,
      abandon: () => {
        if (staged && !isOver()) this.#save(device, card, cards, head, null);
        end();
      },
    };
  }

  #save(
    device: string,
    card: number,
    { gone }: CardTranscripts,
    { transcript, index, tag }: TranscriptHead,
    staged: SavedHead['staged'],
  ): void {
    if (!gone) this.#options.saved?.put(keyOf(device, card), { transcript, index, tag: toHex(tag), staged });
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
    const cards = this.#devices.get(device) ?? new Map<number, CardTranscripts>();
    this.#devices.set(device, cards);
    const of = cards.get(card) ?? { heads: new Map(), tail: Promise.resolve(), gone: false };
    cards.set(card, of);
    return of;
  }
}

/** Where an entry is to come. */
interface Place {
  readonly device: string;
  readonly card: number;
  readonly cards: CardTranscripts;
  readonly head: TranscriptHead;
  readonly end: () => void;
  readonly isOver: () => boolean;
}

const keyOf = (device: string, card: number): string => `${device}/${card}`;

/** The head after what was staged has gone on record. */
function unstaged({ transcript, index, tag, staged }: SavedHead): TranscriptHead {
  if (staged === null) return { transcript, index, tag: fromHex(tag) };
  return { transcript, index: index + 1, tag: nextTag(fromHex(tag), index + 1, fromHex(staged.root)) };
}
