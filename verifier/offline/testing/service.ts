import { createHmac, randomBytes } from 'node:crypto';
import { expect, vi } from 'vitest';
import { referenceRecompute } from '../../../challenges/engines/reference.js';
import { checkMemoryReveal } from '../../../challenges/memory/verifier.js';
import { knownTrapdoor } from '../../../challenges/timelock/testing/known.js';
import { systemClock } from '../../../protocol/clock.js';
import type { Code } from '../../../protocol/codes/table.js';
import type { OfflineMessage } from '../../../protocol/messages/offline.js';
import type { VerifierMessage } from '../../../protocol/messages/wire.js';
import type { Fact } from '../../../scoring/facts/facts.js';
import type { OfflineFact, SquaringFact } from '../../../scoring/facts/timelock.js';
import type { Connection } from '../../connections/hub.js';
import { Transcripts } from '../../probes/transcripts.js';
import { MemoryState } from '../../state/memory.js';
import { Saved } from '../../state/saved.js';
import { runChainJob } from '../chain-job.js';
import { OfflineDesk, type OfflineDeskOptions } from '../desk.js';
import type { SavedReports } from '../reports.js';
import type { ChainTable } from '../shown.js';
import { cardWith, SolvingDevice, tinyShape, type Walk } from './device.js';

export const minute = 60_000;
export const device = 'de'.repeat(32);
const secret = 'of a test';

type Sent<T extends VerifierMessage['type']> = Extract<VerifierMessage, { type: T }>;

/** The record as far as outages are about it; a restart keeps it. */
export class TestRecord {
  readonly facts: Fact[] = [];
  lastMinute: number | null = null;
  ours: { from: number; to: number }[] = [];
  refuses = false;

  get shown(): OfflineFact[] {
    return this.facts.filter((fact) => fact.kind === 'offline.shown');
  }

  get measured(): SquaringFact[] {
    return this.facts.filter((fact) => fact.kind === 'squaring.measured');
  }

  async bestRate(): Promise<number | null> {
    const rates = this.measured.map(({ squaringsPerSecond }) => squaringsPerSecond);
    return rates.length > 0 ? Math.max(...rates) : null;
  }

  /** Whole minutes, as the query has it. */
  oursBetween(from: number, to: number): { from: number; to: number }[] {
    return this.ours
      .map((one) => ({
        from: Math.max(one.from, Math.ceil(from / minute) * minute),
        to: Math.min(one.to, Math.floor(to / minute) * minute),
      }))
      .filter((one) => one.from < one.to);
  }

  async creditedSince(since: number): Promise<number> {
    const credited = this.shown.filter(({ at }) => at >= since);
    return credited.reduce((sum, { cards }) => sum + Math.max(0, ...cards.map((card) => card.creditedMs)), 0);
  }
}

/** The offline desk with a line, a record and cards, on the virtual clock of the test. */
export class TestService {
  readonly record: TestRecord;
  readonly sent: VerifierMessage[] = [];
  readonly suspects: string[] = [];
  readonly tables: ChainTable[] = [];
  readonly walks = new Map<number, Walk>();
  /** Makes of links that were checked. */
  jobs = 0;
  /** Thrown by the next makers of links. */
  failures: Error[] = [];
  desk: OfflineDesk;
  /** What verifiers share. */
  readonly #state = new MemoryState(systemClock);
  /** Whether the present verifier can still write there. */
  #writes = { alive: true };
  #connected = false;
  #lastSeen: number | null = null;
  readonly #settings: Partial<OfflineDeskOptions['settings']>;

  constructor(record = new TestRecord(), settings: Partial<OfflineDeskOptions['settings']> = {}) {
    this.record = record;
    this.#settings = settings;
    this.desk = this.#open();
  }

  /** A card with a table. */
  async addCard(card: number): Promise<void> {
    const tableSeed = card.toString(16).padStart(2, '0').repeat(32);
    this.tables.push({ card, tableSeed, shape: tinyShape });
    this.walks.set(card, await cardWith(tableSeed));
  }

  /** As a device of this rate has it after its first exam. */
  knowRate(squaringsPerSecond: number): void {
    const about = { kind: 'squaring.measured', id: `fa_${'1'.repeat(32)}`, at: 0, device } as const;
    const elapsedMs = 1000;
    this.record.facts.push({ ...about, squarings: 1, elapsedMs, roundTripMs: null, squaringsPerSecond });
  }

  async connect(): Promise<void> {
    this.#connected = true;
    this.desk.connected(device);
    await this.settle();
  }

  /** @param silentMs since when nothing has come any more */
  disconnect(silentMs = 0): void {
    this.#lastSeen = Date.now() - silentMs;
    this.#connected = false;
    this.desk.disconnected(device);
  }

  say(message: OfflineMessage): Code | null {
    return this.desk.receive(device, message, performance.now());
  }

  /** What the device is told now, of one kind. */
  told<T extends VerifierMessage['type']>(type: T): Sent<T>[] {
    return this.sent.filter((message): message is Sent<T> => message.type === type);
  }

  chain(): Sent<'offline.chain'> {
    const chain = this.told('offline.chain').at(-1);
    if (chain === undefined) throw new Error('no chain came');
    return chain;
  }

  verdict(): Sent<'offline.verdict'> {
    const verdict = this.told('offline.verdict').at(-1);
    if (verdict === undefined) throw new Error('no verdict came');
    return verdict;
  }

  /** Connected for some minutes, then off the line. @param silentMs as of `disconnect` */
  async lose(silentMs = 0): Promise<void> {
    await this.connect();
    await vi.advanceTimersByTimeAsync(5 * minute + 30_000);
    this.disconnect(silentMs);
  }

  /** An outage of so many minutes, in which so many links were solved; the device is back. @param root as of `solve` */
  async outage(
    minutes: number,
    links = minutes,
    root?: (card: number, link: number) => Uint8Array | null,
  ): Promise<SolvingDevice> {
    await this.lose();
    const solved = await this.solving().solve(links, root);
    await vi.advanceTimersByTimeAsync(minutes * minute);
    await this.connect();
    return solved;
  }

  /** A device with that chain. */
  solving(chain = this.chain()): SolvingDevice {
    return new SolvingDevice(chain, this.walks);
  }

  /** Reports, and answers what is asked, until there is a verdict. */
  async show(solved: SolvingDevice, report = solved.report()): Promise<Sent<'offline.verdict'>> {
    const before = this.told('offline.verdict').length;
    expect(this.say(report)).toBeNull();
    await this.answer(solved);
    expect(this.told('offline.verdict')).toHaveLength(before + 1);
    return this.verdict();
  }

  /** Answers until nothing is asked any more. */
  async answer(solved: SolvingDevice): Promise<void> {
    for (;;) {
      await this.settle();
      const at = this.sent.findIndex(({ type }) => type === 'offline.open');
      const [open] = at < 0 ? [] : this.sent.splice(at, 1);
      if (open?.type !== 'offline.open') return;
      this.say(solved.reveal(open));
    }
  }

  /** Lets what needs no time come to its end. */
  async settle(): Promise<void> {
    for (let i = 0; i < 20; i += 1) await vi.advanceTimersByTimeAsync(0);
  }

  /** The device turns to another verifier; `dies`: the one that it was with is gone without a word. */
  async moveOn({ dies = false } = {}): Promise<void> {
    const before = this.desk;
    if (dies) {
      // What it had begun to save is saved.
      await this.settle();
      this.#connected = false;
      this.#writes.alive = false;
      before.close();
    } else {
      if (this.#connected) this.disconnect();
      const left = before.leave(device);
      await this.settle();
      await left;
    }
    this.#lastSeen = null;
    this.desk = this.#open();
    await this.desk.arrive(device);
  }

  /** The same verifier, started anew: all it has is the record and its secrets. */
  restart(): void {
    if (this.#connected) this.disconnect();
    this.desk.close();
    this.#lastSeen = null;
    this.desk = this.#open();
  }

  #open(): OfflineDesk {
    const writes = { alive: true };
    this.#writes = writes;
    const put = this.#state.put.bind(this.#state);
    const saved = new Saved<SavedReports>({
      state: {
        get: (key) => this.#state.get(key),
        take: (key) => this.#state.take(key),
        put: async (...of) => {
          if (writes.alive) await put(...of);
        },
      },
      name: 'outage',
      ttlMs: 60 * minute,
      log: { error: fail },
    });
    const { record } = this;
    const transcripts = new Transcripts({ recorded: async () => null, current: () => 'hr_1' });
    return new OfflineDesk({
      hub: {
        get: () => (this.#connected ? ({ roundTripMs: 20 } as Connection) : undefined),
        send: (_device, message) => {
          if (this.#connected) this.sent.push(structuredClone(message));
          return this.#connected;
        },
        lastSeenAt: () => this.#lastSeen,
      },
      clock: systemClock,
      random: (length) => new Uint8Array(randomBytes(length)),
      mac: (text) => new Uint8Array(createHmac('sha256', secret).update(text).digest()),
      modulus: knownTrapdoor.modulus,
      tablesOf: async () => this.tables,
      openEntry: (of, card) => transcripts.open(of, card),
      recorder: {
        record: async (facts) => {
          if (record.refuses) throw new Error('the journal is full');
          record.facts.push(...facts);
        },
      },
      solve: async (job) => {
        const failure = this.failures.shift();
        if (failure !== undefined) throw failure;
        this.jobs += job.cards.length > 0 ? 1 : 0;
        return runChainJob(knownTrapdoor, job);
      },
      checkWalk: (walk) => checkMemoryReveal(walk, referenceRecompute),
      bestRate: () => record.bestRate(),
      lastMinuteSeen: async () => record.lastMinute,
      creditedSince: (_device, since) => record.creditedSince(since),
      oursBetween: async (from, to) => record.oursBetween(from, to),
      busy: () => false,
      settled: () => {},
      suspect: (suspect) => this.suspects.push(suspect),
      observe: () => {},
      settings: {
        linkMs: minute,
        chainMs: 360 * minute,
        chainEveryMs: minute,
        outageCreditMs: 36 * 60 * minute,
        probeOpenings: 4,
        ...this.#settings,
      },
      saved,
      log: { warn: fail, error: () => {} },
    });
  }
}

function fail(...logged: unknown[]): never {
  throw new Error(`logged: ${JSON.stringify(logged)}`);
}
