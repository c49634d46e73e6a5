import { toHex } from '../../protocol/bytes.js';
import type { Clock, RandomBytes } from '../../protocol/clock.js';
import { TouchstoneError } from '../../protocol/error.js';
import { newFactId } from '../../protocol/ids.js';
import type { LeaseState, WitnessStatement } from '../../protocol/messages/lease.js';
import { isSignedBy } from '../../protocol/signing.js';
import { firstTag } from '../../protocol/transcript.js';
import type { LeaseMovedFact, LeaseWitnessedFact } from '../../scoring/facts/lease.js';
import type { Recorder } from '../devices/recorder.js';
import { Serial } from '../devices/serial.js';
import { Bucket } from '../edge/bucket.js';
import type { Lease } from './lease.js';
import { isOver, isRunning } from './transitions.js';

/** A witness's clock may be off by so much: what it says is held against probes of that time. */
const clockOffMs = 5 * 60_000;
/** Statements in a second that a lease takes, and at once: every card's at each probe are far fewer. */
const rate = { perSecond: 1, most: 64 };
/** And that go on record of each card: all of them stand in the receipt. A witness has one to say every two or three minutes. */
const kept = { perSecond: 1 / 90, most: 32 };

/** A card's place in its transcript. `tag` is 64 hexadecimal digits. */
export interface Head {
  readonly card: number;
  readonly index: number;
  readonly tag: string;
}

export interface WitnessesOptions {
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly recorder: Pick<Recorder, 'record'>;
  readonly history: (lease: string) => Promise<readonly (LeaseMovedFact | LeaseWitnessedFact)[]>;
  /** Where the transcripts of the leased cards stand. */
  readonly heads: (lease: Lease) => Promise<readonly Head[]>;
  /**
   * The tag of an entry on record, 64 hexadecimal digits; null where there is none.
   * @throws TouchstoneError `service.storage-unavailable` where that can't be told yet
   */
  readonly tagOf: (lease: Lease, card: number, index: number) => Promise<string | null>;
  /** Devices' turns: in one a lease's state stays as it is. */
  readonly serial: Serial;
  readonly stateOf: (lease: string) => Promise<LeaseState>;
}

/** What a lease's witness has said so far. */
interface Said {
  /** Null before its first statement; it stays the same from then on. */
  key: string | null;
  /** Its last statement about each card. */
  readonly last: Map<number, WitnessStatement>;
  readonly bucket: Bucket;
  /** By card. */
  readonly kept: Map<number, Bucket>;
}

/** Hears the witnesses of leases: tenants that say from inside what they see of the transcript and how busy they are. */
export class Witnesses {
  readonly #options: WitnessesOptions;
  /** By lease that runs. */
  readonly #said = new Map<string, Promise<Said>>();
  readonly #turns = new Serial();

  constructor(options: WitnessesOptions) {
    this.#options = options;
  }

  /**
   * Takes a statement on record. One that is no newer than the last changes nothing.
   *
   * A statement was not made before its tag was known, and not later than now: so a tenant can't say afterwards, when it
   * pleases, that it was idle.
   *
   * @throws TouchstoneError `witness.invalid`, `lease.over`, `request.too-many`
   */
  async hear(lease: Lease, statement: WitnessStatement): Promise<void> {
    if (isOver(lease.state)) throw new TouchstoneError('lease.over');
    if (!isRunning(lease.state)) throw new TouchstoneError('witness.invalid', 'The lease has not begun.');
    if (statement.lease !== lease.id) throw new TouchstoneError('witness.invalid', 'It is of another lease.');
    const { signature, ...signed } = statement;
    if (!isSignedBy(statement.key, 'witness', signed, signature))
      throw new TouchstoneError('witness.invalid', 'The signature is not right.');
    await this.#turns.run(lease.id, () => this.#hear(lease, statement));
  }

  /** The lease runs no more. */
  forget(lease: string): void {
    this.#said.delete(lease);
  }

  async #hear(lease: Lease, statement: WitnessStatement): Promise<void> {
    const { clock, random, recorder, serial, stateOf } = this.#options;
    const said = await this.#saidOf(lease.id);
    const last = said.last.get(statement.card);
    if (!said.bucket.take(1, clock.monotonic())) throw new TouchstoneError('request.too-many');
    const now = clock.now();
    if (said.key !== null && said.key !== statement.key)
      throw new TouchstoneError('witness.invalid', 'Another key spoke for this lease before.');
    if (Math.abs(statement.at - now) > clockOffMs)
      throw new TouchstoneError('witness.invalid', 'Its clock is more than five minutes off.');
    // Said before, or by a clock that was set back: it says nothing new.
    if (last !== undefined && (statement.at <= last.at || statement.index < last.index)) return;
    if (!(await this.#isTagOf(lease, statement)))
      throw new TouchstoneError('witness.invalid', 'The tag is not one of this lease.');
    const room = said.kept.get(statement.card) ?? new Bucket(kept.perSecond, kept.most, clock.monotonic());
    said.kept.set(statement.card, room);
    if (!room.take(1, clock.monotonic())) throw new TouchstoneError('request.too-many');
    const { device, id } = lease;
    const fact = {
      kind: 'lease.witnessed',
      id: newFactId(random),
      at: now,
      device,
      lease: id,
      statement,
    } as const;
    await serial.run(device, async () => {
      // It may have ended meanwhile: its receipt is final.
      if (isOver(await stateOf(id))) throw new TouchstoneError('lease.over');
      await recorder.record([fact]);
    });
    said.key = statement.key;
    said.last.set(statement.card, statement);
  }

  async #isTagOf(lease: Lease, { card, index, tag }: WitnessStatement): Promise<boolean> {
    const head = (await this.#options.heads(lease)).find((one) => one.card === card);
    if (head === undefined || index > head.index) return false;
    if (index === head.index) return tag === head.tag;
    if (index === 0) return tag === toHex(firstTag(lease.device, card, lease.id));
    return tag === (await this.#options.tagOf(lease, card, index));
  }

  #saidOf(lease: string): Promise<Said> {
    const known = this.#said.get(lease);
    if (known !== undefined) return known;
    const reading = this.#read(lease);
    this.#said.set(lease, reading);
    reading.catch(() => this.#said.delete(lease));
    return reading;
  }

  async #read(lease: string): Promise<Said> {
    const facts = (await this.#options.history(lease)).filter((fact) => fact.kind === 'lease.witnessed');
    const last = new Map(facts.map(({ statement }) => [statement.card, statement]));
    const bucket = new Bucket(rate.perSecond, rate.most, this.#options.clock.monotonic());
    return { key: facts[0]?.statement.key ?? null, last, bucket, kept: new Map() };
  }
}
