import type { Logger } from 'pino';
import type { Clock } from '../../protocol/clock.js';
import { TouchstoneError } from '../../protocol/error.js';
import type { Desk } from '../connections/desk.js';
import type { Hub } from '../connections/hub.js';
import { Serial } from '../devices/serial.js';
import type { Calls } from './calls.js';
import type { Claimed, Claims } from './claim.js';
import { eachOf } from './each.js';
import type { HomeWork } from './home-work.js';
import type { Home, HomesPort } from './homes-port.js';
import { type Membership, verifierOf } from './membership.js';
import type { HomeTimes } from './times.js';
import { within } from './within.js';

/** Devices that are moved side by side when many have to. */
const sideBySide = 64;

export interface FleetHomesOptions {
  readonly self: string;
  readonly clock: Clock;
  readonly times: HomeTimes;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly membership: Membership;
  readonly claims: Claims;
  readonly calls: Calls;
  readonly hub: Pick<Hub, 'get' | 'remove' | 'all'>;
  /** Told in this order. */
  readonly works: () => readonly HomeWork[];
  readonly desks: () => Pick<Desk<never>, 'connected' | 'disconnected'>;
  /** Brings the view of a device up to date. @throws where that can't be done now */
  readonly refresh: (device: string) => Promise<void>;
  /** What was kept of a device that is not at home here any more. */
  readonly forget: (device: string) => void;
  /** Resolves when all facts about a device that were let through are in the journal, or refused by it. */
  readonly settled: (device: string) => Promise<void>;
  /** Waits a while until all that is in the journal now is in ClickHouse. @returns whether it is */
  readonly shipped: () => Promise<boolean>;
  /** A device has come, gone, or was lost. */
  readonly moved: (how: Claimed['how'] | 'left' | 'lapsed') => void;
}

/** `leaving` and `arriving` are at home too: what works for the device records facts meanwhile. */
interface Resident {
  phase: 'arriving' | 'here' | 'leaving';
  /** Monotonic; null while it is connected. */
  awaySince: number | null;
  /** See `Claimed`: until its line is up. */
  cutAt: number | null;
}

/** Which devices this verifier works for: taken, given away, lost with the hot state, and taken again. */
export class FleetHomes implements HomesPort {
  readonly self: string;
  readonly #options: FleetHomesOptions;
  readonly #residents = new Map<string, Resident>();
  /** All that happens to the home of one device, one thing after the other. */
  readonly #serial = new Serial();
  readonly #asked = new Set<string>();
  /** Devices that were given up while something still works for them: it may forget them only when it ends. */
  readonly #lingering = new Map<string, Promise<void>>();
  /** At home here when the membership was lost: nobody else may have taken them meanwhile, but the dead are taken. */
  #before: ReadonlySet<string> = new Set();
  #closing = false;

  constructor(options: FleetHomesOptions) {
    this.self = options.self;
    this.#options = options;
  }

  get size(): number {
    return this.#residents.size;
  }

  isHere(device: string): boolean {
    return this.#options.membership.alive && this.#residents.has(device);
  }

  async members(): Promise<readonly { readonly verifier: string; readonly url: string }[]> {
    const all = await this.#options.membership.all();
    return all.filter(({ alive }) => alive).map(({ verifier, url }) => ({ verifier, url }));
  }

  async homeOf(device: string): Promise<Home> {
    if (this.isHere(device)) return 'here';
    const { claims, membership } = this.#options;
    const term = await claims.homeOf(device);
    if (term === null) return 'nowhere';
    const owner = (await membership.all()).find((member) => member.term === term);
    // Our own name with no device behind it: a move that was cut short. Whoever takes it has it.
    if (owner === undefined || !owner.alive || owner.verifier === this.self) return 'nowhere';
    return { verifier: owner.verifier, url: owner.url };
  }

  take(device: string): Promise<void> {
    if (this.admits(device)) return Promise.resolve();
    return this.#serial.run(device, () => this.#take(device));
  }

  takeIfFree(device: string): Promise<boolean> {
    return this.#serial.run(device, async () => {
      if (this.isHere(device)) return true;
      if (this.#closing) return false;
      const { membership, claims } = this.#options;
      this.#assertLeft(device);
      await membership.check();
      const { term } = membership;
      const claimed = await claims.claimFree(device, term, false);
      if (claimed !== null) await this.#settleIn(device, term, claimed);
      return claimed !== null;
    });
  }

  /** Whether a device may be served here now: not while it is on its way. */
  admits(device: string): boolean {
    return this.isHere(device) && this.#residents.get(device)?.phase === 'here';
  }

  /** The device has a line here. @returns since when it had none because its verifier went away; null else */
  lineUp(device: string): number | null {
    const resident = this.#residents.get(device);
    if (resident === undefined) return null;
    const { cutAt } = resident;
    resident.awaySince = null;
    resident.cutAt = null;
    this.#note(this.#options.claims.there(device));
    return cutAt;
  }

  /** Its line was lost. */
  lineDown(device: string): void {
    const resident = this.#residents.get(device);
    if (resident === undefined) return;
    resident.awaySince = this.#options.clock.monotonic();
    this.#note(this.#options.claims.away(device));
  }

  /** Another verifier asks for a device, on behalf of `to`. */
  asked(device: string, to: string): void {
    const key = `${device}/${to}`;
    if (this.#asked.has(key)) return;
    this.#asked.add(key);
    this.#serial
      .run(device, () => this.#giveTo(device, to))
      .catch((error) => this.#options.log.error({ err: error, device }, 'a device could not be handed over'))
      .finally(() => this.#asked.delete(key));
  }

  /** We may be the home of none of them any more. Resolves when all work for them has ended. */
  async lapse(why: string): Promise<void> {
    const { log } = this.#options;
    this.#before = new Set(this.#residents.keys());
    log.warn({ why, devices: this.#before.size }, 'all devices have lost their home here');
    await eachOf([...this.#before], sideBySide, (device) =>
      this.#serial.run(device, () => this.#lapse(device)),
    );
  }

  /** We are a member again: those that are connected here are taken up again, on the lines that they have. */
  async retake(): Promise<void> {
    const before = this.#before;
    this.#before = new Set();
    await eachOf(
      [...this.#options.hub.all()].map(({ device }) => device),
      sideBySide,
      (device) => this.#serial.run(device, () => this.#retake(device, before.has(device))),
    );
  }

  /** Keeps what stands in the hot state about our devices; lets go of those that are away for long. */
  async tend(): Promise<void> {
    const { times, clock, works, claims, membership } = this.#options;
    const now = clock.monotonic();
    await eachOf([...this.#residents], sideBySide, async ([device, { awaySince }]) => {
      if (!this.isHere(device)) return;
      const idle = awaySince !== null && now - awaySince >= times.idleMs;
      if (idle && !works().some((work) => work.holds?.(device))) return this.#letGo(device);
      const { term } = membership;
      const ours = await claims.pass(device, term, term);
      // Evicted by a Redis that is too small, or changed by hand.
      if (!ours && term === membership.term) await this.#serial.run(device, () => this.#lapse(device));
    });
  }

  /** Hands all devices over, to whoever they turn to next. Nothing is taken any more. */
  async leaveAll(): Promise<void> {
    this.#closing = true;
    const { claims, membership, hub, settled, shipped } = this.#options;
    const devices = [...this.#residents.keys()];
    await eachOf(devices, sideBySide, (device) =>
      this.#serial.run(device, async () => {
        if (hub.get(device) !== undefined) this.#note(claims.left(device));
        await this.#endWork(device, 'session.ended');
      }),
    );
    await Promise.all(devices.map(settled));
    await shipped();
    const { term } = membership;
    await eachOf(devices, sideBySide, async (device) => {
      await claims.pass(device, term, null).catch(() => {});
    });
  }

  async #take(device: string): Promise<void> {
    if (this.isHere(device)) return;
    if (this.#closing) throw new TouchstoneError('session.moving');
    const { membership, claims } = this.#options;
    this.#assertLeft(device);
    await membership.check();
    const { term } = membership;
    const claimed = await claims.claim(device, term);
    await this.#settleIn(device, term, claimed);
  }

  /** It is ours by the hot state: makes it so by what is in memory. */
  async #settleIn(device: string, term: string, { how, cutAt }: Claimed): Promise<void> {
    const { membership, clock, works, refresh, log, moved } = this.#options;
    if (membership.term !== term || !membership.alive) throw new TouchstoneError('service.busy');
    const resident: Resident = { phase: 'arriving', awaySince: clock.monotonic(), cutAt };
    this.#residents.set(device, resident);
    try {
      await refresh(device);
      for (const work of works()) await work.arrive(device);
    } catch (error) {
      log.error({ err: error, device }, 'a device could not be taken up');
      await this.#lapse(device);
      throw error instanceof TouchstoneError ? error : new TouchstoneError('service.busy');
    }
    resident.phase = 'here';
    moved(how);
  }

  async #retake(device: string, before: boolean): Promise<void> {
    const { membership, claims, hub, desks, log } = this.#options;
    if (hub.get(device) === undefined || this.isHere(device)) return;
    const { term } = membership;
    try {
      this.#assertLeft(device);
      const claimed = await claims.claimFree(device, term, before);
      // It has turned to another one meanwhile, or is worked for elsewhere: it finds its way there.
      if (claimed === null) return this.#closeLine(device, 'session.ended');
      await this.#settleIn(device, term, claimed);
    } catch (error) {
      log.warn({ err: error, device }, 'a connected device could not be taken up again');
      return this.#closeLine(device, 'session.ended');
    }
    if (hub.get(device) === undefined) return;
    this.lineUp(device);
    desks().connected(device);
  }

  async #giveTo(device: string, to: string): Promise<void> {
    const { claims, membership, calls } = this.#options;
    if (!membership.alive) return;
    const { term } = membership;
    if (this.#residents.has(device)) await this.#leave(device, 'session.superseded');
    if (await claims.pass(device, term, to)) calls.gave(verifierOf(to), device);
  }

  #letGo(device: string): Promise<void> {
    const { claims, membership, hub } = this.#options;
    return this.#serial.run(device, async () => {
      if (!this.isHere(device) || hub.get(device) !== undefined) return;
      const { term } = membership;
      await this.#leave(device, 'session.ended');
      await claims.pass(device, term, null);
    });
  }

  async #leave(device: string, code: 'session.superseded' | 'session.ended'): Promise<void> {
    const { settled, shipped, log } = this.#options;
    await this.#endWork(device, code);
    await settled(device);
    // What is not in the record by then stands in the stream of facts.
    if (!(await shipped())) log.warn({ device }, 'a device is handed over while facts wait in the journal');
  }

  /** Ends its line and all work for it. From here on no fact about it is taken. */
  async #endWork(device: string, code: 'session.superseded' | 'session.ended'): Promise<void> {
    const resident = this.#residents.get(device);
    if (resident === undefined) return;
    resident.phase = 'leaving';
    this.#closeLine(device, code);
    await this.#tellAll(device, 'leave');
    this.#drop(device, 'left');
  }

  async #lapse(device: string): Promise<void> {
    if (!this.#residents.has(device)) return;
    await this.#tellAll(device, 'lapse');
    this.#drop(device, 'lapsed');
  }

  #drop(device: string, how: 'left' | 'lapsed'): void {
    this.#residents.delete(device);
    this.#options.forget(device);
    this.#options.moved(how);
  }

  /** One that fails, or takes for ever, must not hold the device here: what it would still record is refused. */
  async #tellAll(device: string, what: 'leave' | 'lapse'): Promise<void> {
    for (const work of this.#options.works()) {
      const ended = await this.#tell(work, device, what);
      // Such as a proof that waits behind thousands of others: it ends as ours, and nothing of it is saved over what comes.
      if (!ended && what === 'leave') await this.#tell(work, device, 'lapse');
    }
  }

  /** @returns whether it ended well, and in time */
  async #tell(work: HomeWork, device: string, what: 'leave' | 'lapse'): Promise<boolean> {
    const { times, log } = this.#options;
    const told = work[what](device);
    try {
      if (await within(times.leaveMs, told)) return true;
      log.error({ device, work: work.name }, 'work for a device does not end');
      this.#linger(device, told);
    } catch (error) {
      log.error({ err: error, device, work: work.name }, 'work for a device ended badly');
    }
    return false;
  }

  #linger(device: string, work: Promise<void>): void {
    const all = Promise.allSettled([this.#lingering.get(device), work]).then(() => {
      if (this.#lingering.get(device) === all) this.#lingering.delete(device);
    });
    this.#lingering.set(device, all);
  }

  /** @throws TouchstoneError `session.moving` while something here still works for the device as it was */
  #assertLeft(device: string): void {
    if (this.#lingering.has(device)) throw new TouchstoneError('session.moving');
  }

  #closeLine(device: string, code: 'session.superseded' | 'session.ended'): void {
    const { hub, desks } = this.#options;
    const connection = hub.get(device);
    if (connection === undefined) return;
    // Out of the hub first: what still comes by it concerns nobody.
    hub.remove(connection);
    desks().disconnected(device);
    connection.close(code);
  }

  /** A note that could not be made costs a device a minute of credit at most. */
  #note(made: Promise<void>): void {
    made.catch((error) => this.#options.log.warn({ err: error }, 'a note about a line could not be made'));
  }
}
