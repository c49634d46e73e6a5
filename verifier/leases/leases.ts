import type { Logger } from 'pino';
import { toHex } from '../../protocol/bytes.js';
import type { RandomBytes } from '../../protocol/clock.js';
import type { Code } from '../../protocol/codes/table.js';
import { TouchstoneError } from '../../protocol/error.js';
import { newLeaseId } from '../../protocol/ids.js';
import type { LeaseChange, LeaseRequest } from '../../protocol/messages/lease.js';
import { keyCommitment } from '../../protocol/transcript.js';
import type { LeaseMovedFact } from '../../scoring/facts/lease.js';
import { hashOfToken } from '../access/token.js';
import type { Recorder } from '../devices/recorder.js';
import { Serial } from '../devices/serial.js';
import type { Examiner } from '../exams/examiner.js';
import type { OpenEntry, Transcripts } from '../probes/transcripts.js';
import type { HotState } from '../state/state.js';
import { leasedCards } from './ballast.js';
import { type BookedLease, LeaseBook, type LeaseRecord } from './book.js';
import { assertEndPossible, endOf, longestLeaseMs } from './ends.js';
import { type GiveBackParts, giveBack, sameCard } from './give-back.js';
import { type HandOverParts, handOver } from './hand-over.js';
import { type Lease, type LeaseChanges, movedFact, requestedFact } from './lease.js';
import { assertReady, type ReadyParts } from './ready.js';
import { isOver, isRunning, type LeaseCause } from './transitions.js';
import { pause } from './waiting.js';

/** Pause before what could not be recorded is tried again. */
const retryMs = 15_000;
/** While a request is under way nobody else takes its reference; by then what it made is in every view. */
const claimMs = 60_000;

export interface LeasesOptions extends HandOverParts, GiveBackParts, ReadyParts {
  readonly examiner: Pick<Examiner, 'examineNow' | 'examining' | 'hold' | 'soon'>;
  readonly transcripts: Pick<Transcripts, 'open'>;
  readonly recorder: Pick<Recorder, 'record'>;
  readonly serial: Serial;
  readonly record: LeaseRecord;
  readonly random: RandomBytes;
  /** Secret that the probe seeds of a device's transcript are made with, 32 bytes; the prober has the same. */
  readonly keyOf: (device: string, transcript: string) => Uint8Array;
  /** A secret of ours for one purpose and thing, 32 bytes. */
  readonly derive: (purpose: string, id: string) => Uint8Array;
  /** Mean time between the probes of a leased card, milliseconds. */
  readonly leaseMeanMs: number;
  /** Probes of the device belong to another transcript now. */
  readonly replan: (device: string) => void;
  /** Told of every move that is on record. */
  readonly observe: (fact: LeaseMovedFact) => void;
  /** What verifiers share; absent in one that runs alone. */
  readonly state?: Pick<HotState, 'putIfAbsent'> | null;
  readonly log: Pick<Logger, 'error'>;
}

/** A lease as it was asked for, and what its witness needs. */
export interface OpenedLease {
  readonly lease: Lease;
  /** False where the very same request had made it before. */
  readonly made: boolean;
  readonly witnessToken: string;
}

/**
 * All leases, from the request to the return. What is done for one follows from the state that its last fact has, so that its
 * device's next home takes it up again; what was under way is begun anew.
 */
export class Leases {
  readonly #options: LeasesOptions;
  readonly #book: LeaseBook;
  /** What is under way for each device that has a lease. */
  readonly #work = new Map<string, AbortController>();
  /** One request of a marketplace for one reference at a time. */
  readonly #requests = new Serial();
  /** Devices that are at home here. */
  readonly #here = new Set<string>();
  #closed = false;

  constructor(options: LeasesOptions) {
    this.#options = options;
    this.#book = new LeaseBook(options.record);
  }

  /** Reads all leases that are not over. Their work begins where their devices are at home. @throws the record's errors */
  async start(): Promise<void> {
    await this.#book.restore();
  }

  /** A fact that another verifier recorded. Where that is known so late that the device is at home here, its work goes on from there. */
  follow(fact: LeaseMovedFact): void {
    const before = this.#book.of(fact.device);
    const lease = this.#book.apply(fact);
    const moved = before?.id === lease.id && before.state !== lease.state;
    if (!moved || !this.#here.has(fact.device)) return;
    if (isOver(lease.state)) this.#end(lease);
    this.#begin(lease);
    this.#options.replan(lease.device);
  }

  /** Facts of others may have been missed: reads the record again. @throws the record's errors */
  async reload(): Promise<void> {
    const { record } = this.#options;
    const open = await record.open();
    const ids = new Set(open.map(({ lease }) => lease));
    for (const { id } of this.#book.open) {
      if (ids.has(id)) continue;
      const last = (await record.history(id)).findLast((fact) => fact.kind === 'lease.moved');
      // One of which the record has nothing yet is ours, or was told.
      if (last !== undefined) this.follow(last);
    }
    for (const fact of open) this.follow(fact);
  }

  /** The device is at home here: takes up its lease. @throws the record's errors */
  async arrive(device: string): Promise<void> {
    this.#here.add(device);
    const lease = this.#book.of(device);
    if (lease === null) return;
    this.#options.examiner.hold(device, true);
    this.#begin(lease);
    if (lease.state === 'active' && (await this.#isOtherHardware(lease))) await this.hardwareChanged(device);
  }

  /** The device goes to another verifier, or may be at home elsewhere: what is under way for its lease begins anew there. */
  async leave(device: string): Promise<void> {
    this.#here.delete(device);
    const work = this.#work.get(device);
    this.#work.delete(device);
    work?.abort();
    // What it was about to record is recorded, or not, before anybody else goes on.
    await this.#options.serial.run(device, async () => {});
  }

  /** Leases that are not over and that nobody works for here. */
  get elsewhere(): readonly string[] {
    return this.#book.open.map(({ device }) => device).filter((device) => !this.#here.has(device));
  }

  /** Stops all work, without a move: the next start goes on. To be called before the examiner closes. */
  close(): void {
    this.#closed = true;
    for (const work of this.#work.values()) work.abort();
    this.#work.clear();
  }

  /** The lease of a device that is not over. */
  of(device: string): Lease | null {
    return this.#book.of(device);
  }

  /** The transcript that probes of the device belong to while it is leased. */
  transcriptOf(device: string): string | null {
    const lease = this.#book.of(device);
    return lease !== null && isRunning(lease.state) ? lease.id : null;
  }

  /** A lease by its id. @throws TouchstoneError `lease.unknown` */
  async get(id: string): Promise<Lease> {
    const booked = await this.#book.get(id);
    if (booked === null) throw new TouchstoneError('lease.unknown');
    return booked.lease;
  }

  /** A lease of this marketplace: of those of others nobody learns. @throws TouchstoneError `lease.unknown` */
  async getOf(marketplace: string, id: string): Promise<Lease> {
    const lease = await this.get(id);
    if (lease.marketplace !== marketplace) throw new TouchstoneError('lease.unknown');
    return lease;
  }

  /**
   * Makes a lease and begins its hand-over. The very same request again gives the same lease, whatever became of it.
   *
   * @throws TouchstoneError `lease.end-invalid`, `lease.reference-used`, `lease.device-taken`, `lease.device-not-ready`,
   *   `device.unknown`
   */
  async open(marketplace: string, request: LeaseRequest): Promise<OpenedLease> {
    const { device, reference } = request;
    const endsAt = endOf(request.endsAt);
    return this.#requests.run(`${marketplace}\n${reference}`, async () => {
      const known = await this.#book.byReference(marketplace, reference);
      if (known !== null) return this.#again(known, device, endsAt);
      if (endsAt !== null) assertEndPossible(endsAt, this.#now + this.#longestMs(device), this.#now);
      await this.#claim(marketplace, reference, device);
      const lease = await this.#options.serial.run(device, async () => {
        if (this.#book.of(device) !== null) throw new TouchstoneError('lease.device-taken');
        if (this.#closed) throw new TouchstoneError('service.draining');
        await assertReady(device, { from: this.#now, to: endsAt }, this.#options);
        const id = newLeaseId(this.#options.random);
        const commitment = toHex(keyCommitment(this.#options.keyOf(device, id)));
        const witnessTokenHash = hashOfToken(this.#tokenOf(id));
        const asked = { device, lease: id, marketplace, reference, endsAt, commitment, witnessTokenHash };
        return this.#record(requestedFact(asked, { at: this.#now, random: this.#options.random }));
      });
      return { lease, made: true, witnessToken: this.#tokenOf(lease.id) };
    });
  }

  /**
   * Sets another end, or ends it now. Said twice it changes nothing.
   * @throws TouchstoneError `lease.unknown`, `lease.over`, `lease.end-invalid`
   */
  async change(marketplace: string, id: string, change: LeaseChange): Promise<Lease> {
    const lease = await this.getOf(marketplace, id);
    if ('state' in change) {
      const began = lease.state !== 'handing-over';
      await this.#move(lease, 'ended', [began ? 'lease.returning' : 'lease.cancelled']);
      return this.get(id);
    }
    const endsAt = endOf(change.endsAt);
    if (lease.state !== 'active' && lease.state !== 'handing-over') throw new TouchstoneError('lease.over');
    if (endsAt === lease.endsAt || endsAt === null) return lease;
    assertEndPossible(endsAt, this.#latestEnd(lease), this.#now);
    if (this.#options.maintenance(lease.device, this.#now, endsAt) !== null)
      throw new TouchstoneError('lease.end-invalid', 'The device has declared maintenance before that end.');
    const moved = await this.#move(lease, 'end-changed', ['lease.extended'], { endsAt });
    if (moved === null) throw new TouchstoneError('lease.over');
    return moved;
  }

  /** The device claims other cards than before: those that were leased are gone. Never rejects. */
  async hardwareChanged(device: string): Promise<void> {
    const lease = this.#book.of(device);
    if (lease === null) return;
    const reasons: Code[] = ['device.hardware-changed'];
    await this.#move(lease, 'hardware-changed', reasons).catch((error) =>
      this.#options.log.error({ err: error, device, lease: lease.id }, 'a lease could not be ended'),
    );
  }

  get #now(): number {
    return this.#options.clock.now();
  }

  /** Where no end was set it comes by itself: a lease without one would have no receipt one day. */
  #latestEnd({ device, startedAt, openedAt }: Lease): number {
    return (startedAt ?? openedAt) + this.#longestMs(device);
  }

  #longestMs(device: string): number {
    const { devices, ballast, leaseMeanMs } = this.#options;
    const state = devices.get(device);
    return longestLeaseMs(state === undefined ? 1 : leasedCards(ballast, state).length, leaseMeanMs);
  }

  /** Derived, so that the same request again can tell it again; who only reads the record can't. */
  #tokenOf(lease: string): string {
    return `wt_${toHex(this.#options.derive('witness-token', lease))}`;
  }

  #again({ lease, askedEndsAt }: BookedLease, device: string, endsAt: number | null): OpenedLease {
    if (lease.device !== device || askedEndsAt !== endsAt) throw new TouchstoneError('lease.reference-used');
    return { lease, made: false, witnessToken: this.#tokenOf(lease.id) };
  }

  /** A reference is of one lease, whichever verifiers are asked at once. @throws TouchstoneError `lease.reference-used` */
  async #claim(marketplace: string, reference: string, device: string): Promise<void> {
    const { state = null } = this.#options;
    const key = `lease-reference/${hashOfToken(`${marketplace}\n${reference}`)}`;
    const holder = (await state?.putIfAbsent(key, device, claimMs)) ?? device;
    if (holder !== device) throw new TouchstoneError('lease.reference-used');
  }

  async #isOtherHardware({ device, handOverExam }: Lease): Promise<boolean> {
    const claims = this.#options.devices.get(device)?.enrolment.cards;
    if (claims === undefined || handOverExam === null) return false;
    const handedOver = await this.#options.examOf(device, handOverExam);
    return !handedOver.every((fact) => {
      const claim = claims[fact.card];
      return claim !== undefined && sameCard({ card: fact.card, claim }, fact);
    });
  }

  /** @returns the lease after it; null where `cause` leads nowhere by now @throws the journal's errors */
  async #move(
    { id, device }: Lease,
    cause: LeaseCause,
    reasons: readonly Code[],
    changes: LeaseChanges = {},
  ): Promise<Lease | null> {
    const { serial, random } = this.#options;
    return serial.run(device, async () => {
      const current = (await this.#book.get(id))?.lease;
      if (current === undefined || this.#closed) return null;
      const fact = movedFact(current, cause, { at: this.#now, random, reasons, changes });
      return fact === null ? null : this.#record(fact);
    });
  }

  /** On record first; then it is so, and what the new state asks for begins. */
  async #record(fact: LeaseMovedFact): Promise<Lease> {
    await this.#options.recorder.record([fact]);
    const lease = this.#book.apply(fact);
    this.#options.observe(fact);
    if (this.#closed) return lease;
    if (isOver(lease.state)) this.#end(lease);
    else if (fact.from === null) this.#options.examiner.hold(lease.device, true);
    // Another end is no reason to begin the hand-over again.
    if (fact.from !== 'handing-over' || fact.to !== 'handing-over') this.#begin(lease);
    if (fact.from !== null && fact.from !== fact.to) this.#options.replan(lease.device);
    return lease;
  }

  /** The cards are their owner's again. Where no exam has made their whole tables, one comes now. */
  #end({ device, reasons }: Lease): void {
    const { examiner } = this.#options;
    examiner.hold(device, false);
    if (!reasons.includes('lease.returned')) examiner.soon(device);
  }

  #begin(lease: Lease): void {
    const { device, id } = lease;
    this.#work.get(device)?.abort();
    this.#work.delete(device);
    if (isOver(lease.state) || this.#closed || !this.#here.has(device)) return;
    const work = new AbortController();
    this.#work.set(device, work);
    this.#until(lease, work.signal).catch((error) => {
      if (!work.signal.aborted)
        this.#options.log.error({ err: error, device, lease: id }, 'a lease stands still');
    });
  }

  /** Does what the lease's state asks for, again and again until that is on record. Rejects when it is aborted. */
  async #until(lease: Lease, signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        return await this.#step(lease, signal);
      } catch (error) {
        signal.throwIfAborted();
        const { device, id } = lease;
        this.#options.log.error({ err: error, device, lease: id }, 'a lease could not move on; tried again');
      }
      await pause(retryMs, signal);
    }
  }

  async #step(lease: Lease, signal: AbortSignal): Promise<void> {
    if (lease.state === 'handing-over') {
      const { outcome, exam, reasons } = await handOver(this.#options, lease, signal);
      const cause = outcome === 'failed' ? 'hand-over-failed' : 'handed-over';
      await this.#moveSurely(lease, cause, reasons, { handOverExam: exam }, signal);
    }
    if (lease.state === 'active') {
      const endsAt = Math.min(lease.endsAt ?? Number.POSITIVE_INFINITY, this.#latestEnd(lease));
      // Timers have their longest, and clocks are set.
      while (this.#now < endsAt) await pause(endsAt - this.#now, signal);
      await this.#moveSurely(lease, 'ended', ['lease.returning'], {}, signal);
    }
    if (lease.state === 'returning') {
      const { cause, exam, reasons } = await giveBack(this.#options, lease, signal);
      await this.#betweenEntries(lease.device, () =>
        this.#moveSurely(lease, cause, reasons, { returnExam: exam }, signal),
      );
    }
  }

  /** While no entry of a card is open: one that came on record later would change a receipt that is final. */
  async #betweenEntries(device: string, work: () => Promise<void>): Promise<void> {
    const { devices, transcripts } = this.#options;
    const entries: OpenEntry[] = [];
    try {
      for (const card of devices.get(device)?.enrolment.cards.keys() ?? [])
        entries.push(await transcripts.open(device, card));
      await work();
    } finally {
      for (const entry of entries) entry.abandon();
    }
  }

  /** What was shown needs not be shown again because a journal was full for a while. */
  async #moveSurely(
    lease: Lease,
    cause: LeaseCause,
    reasons: readonly Code[],
    changes: LeaseChanges,
    signal: AbortSignal,
  ): Promise<void> {
    for (;;) {
      try {
        await this.#move(lease, cause, reasons, changes);
        return;
      } catch (error) {
        signal.throwIfAborted();
        const { device, id } = lease;
        this.#options.log.error({ err: error, device, lease: id }, 'a lease could not be recorded');
      }
      await pause(retryMs, signal);
    }
  }
}
