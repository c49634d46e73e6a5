import type { LeaseMovedFact, LeaseWitnessedFact } from '../../scoring/facts/lease.js';
import { type Lease, leaseOf } from './lease.js';
import { isOver, stateOrder } from './transitions.js';

/** Leases that are over and still kept in memory; the record has all. */
const keptOver = 10_000;

/** What the record says of leases. */
export interface LeaseRecord {
  /** The last fact of each lease that is not over. */
  open(): Promise<readonly LeaseMovedFact[]>;
  /** All about one lease, oldest first. */
  history(lease: string): Promise<readonly (LeaseMovedFact | LeaseWitnessedFact)[]>;
  /** Facts of the leases that a marketplace made under a reference; none where there is no such lease. */
  ofReference(marketplace: string, reference: string): Promise<readonly LeaseMovedFact[]>;
}

/** A lease, and the end that was asked for when it was made. */
export interface BookedLease {
  readonly lease: Lease;
  readonly askedEndsAt: number | null;
}

/** All leases: those that are not over in memory, and of the others the latest. Moved on by every fact that is on record. */
export class LeaseBook {
  readonly #record: LeaseRecord;
  /** In the order in which they were last used: the first is forgotten first. */
  readonly #leases = new Map<string, BookedLease>();
  readonly #open = new Map<string, string>();
  readonly #references = new Map<string, string>();

  constructor(record: LeaseRecord) {
    this.#record = record;
  }

  /** Takes up all that are not over. @throws the record's errors */
  async restore(): Promise<readonly Lease[]> {
    for (const { lease } of await this.#record.open()) await this.#read(lease);
    return this.open;
  }

  get open(): Lease[] {
    return [...this.#open.values()].flatMap((id) => this.#leases.get(id)?.lease ?? []);
  }

  /** The lease of a device that is not over. */
  of(device: string): Lease | null {
    const id = this.#open.get(device);
    return id === undefined ? null : (this.#leases.get(id)?.lease ?? null);
  }

  async get(id: string): Promise<BookedLease | null> {
    return this.#leases.get(id) ?? (await this.#read(id));
  }

  async byReference(marketplace: string, reference: string): Promise<BookedLease | null> {
    const known = this.#references.get(keyOf(marketplace, reference));
    if (known !== undefined) return this.get(known);
    const [fact] = await this.#record.ofReference(marketplace, reference);
    return fact === undefined ? null : this.get(fact.lease);
  }

  /** A fact that is on record. One that comes late, after what followed it, changes nothing. @returns the lease as it is now */
  apply(fact: LeaseMovedFact): Lease {
    const lease = leaseOf(fact);
    const booked = this.#leases.get(lease.id);
    if (booked !== undefined && isBefore(lease, booked.lease)) return booked.lease;
    this.#keep({ lease, askedEndsAt: booked === undefined ? fact.endsAt : booked.askedEndsAt });
    return lease;
  }

  async #read(id: string): Promise<BookedLease | null> {
    const moves = (await this.#record.history(id)).filter((fact) => fact.kind === 'lease.moved');
    const [first, last] = [moves[0], moves.at(-1)];
    if (first === undefined || last === undefined) return null;
    // It may have moved on while it was read.
    const known = this.#leases.get(id);
    if (known !== undefined) return known;
    const booked = { lease: leaseOf(last), askedEndsAt: first.endsAt };
    this.#keep(booked);
    return booked;
  }

  #keep(booked: BookedLease): void {
    const { id, device, state, marketplace, reference } = booked.lease;
    this.#leases.delete(id);
    this.#leases.set(id, booked);
    this.#references.set(keyOf(marketplace, reference), id);
    if (!isOver(state)) this.#open.set(device, id);
    else if (this.#open.get(device) === id) this.#open.delete(device);
    if (this.#leases.size - this.#open.size > keptOver) this.#forgetOne();
  }

  #forgetOne(): void {
    for (const [id, { lease }] of this.#leases) {
      if (!isOver(lease.state)) continue;
      this.#leases.delete(id);
      this.#references.delete(keyOf(lease.marketplace, lease.reference));
      return;
    }
  }
}

/** By the order of its states, and within one by the time: what another verifier recorded comes in any order. */
const isBefore = (a: Lease, b: Lease): boolean =>
  stateOrder[a.state] !== stateOrder[b.state]
    ? stateOrder[a.state] < stateOrder[b.state]
    : a.movedAt < b.movedAt;

const keyOf = (marketplace: string, reference: string): string => `${marketplace}\n${reference}`;
