import type { Logger } from 'pino';
import { fromHex } from '../../protocol/bytes.js';
import type { RandomBytes } from '../../protocol/clock.js';
import type { Code } from '../../protocol/codes/table.js';
import { newFactId, newProbeId } from '../../protocol/ids.js';
import type { ProbeMessage } from '../../protocol/messages/probe.js';
import type { BeaconValue } from '../../protocol/messages/receipt.js';
import { probeSeed } from '../../protocol/transcript.js';
import type { ProbeFact } from '../../scoring/facts/timelock.js';
import type { Desk } from '../connections/desk.js';
import type { Devices } from '../devices/devices.js';
import type { Recorder } from '../devices/recorder.js';
import { Serial } from '../devices/serial.js';
import { keepsTables, type LostTables } from '../tables/lost-tables.js';
import type { Resident } from '../tables/resident.js';
import type { Residents } from '../tables/residents.js';
import { Plans } from './plans.js';
import type { Preparations, Prepared } from './preparations.js';
import { probeFact, rootOf } from './probe-fact.js';
import { ProbeRun, type ProbeRunOptions, type ProbeTask } from './probe-run.js';
import type { ProbeResult } from './probe-step.js';
import { probeVerdict } from './probe-verdict.js';
import { type Hurry, nextProbeMs } from './schedule.js';
import type { OpenEntry, Transcripts } from './transcripts.js';

/** So many failed probes of a card in a row ask for an exam. */
const failuresToExam = 3;
/** A commit is waited for this many deadlines, so that a slow card gets a figure, not silence. */
const waitTimes = 5;
const waitAtLeastMs = 10_000;
const longestWaitMs = 3600_000;
/** The random value of the moment is not waited for any longer. */
const beaconMs = 3_000;
/** Pause before a fact is offered again to a journal that took nothing. */
const recordPauseMs = 2_000;

export interface ProberOptions extends Omit<ProbeRunOptions, 'finished' | 'uncheckable'> {
  readonly random: RandomBytes;
  /** Uniform in [0, 1). */
  readonly uniform: () => number;
  readonly devices: Pick<Devices, 'get'>;
  readonly recorder: Pick<Recorder, 'record'>;
  readonly residents: Residents;
  readonly lost: LostTables;
  readonly transcripts: Transcripts;
  readonly preparations: Preparations;
  /** Secret of a device's transcript that its probe seeds are made with, 32 bytes. */
  readonly keyOf: (device: string, transcript: string) => Uint8Array;
  /** For probes of leases; null where there is none at present. */
  readonly beacon: () => Promise<BeaconValue | null>;
  /** The lease of the device while its cards are the tenant's. */
  readonly leaseOf: (device: string) => string | null;
  /** It is in an exam, which may take the table from under a probe that was sent before. */
  readonly examining: (device: string) => boolean;
  /** It makes a table or has an outage to show: no probe is sent. */
  readonly busy: (device: string) => boolean;
  /** The device should be examined at once. */
  readonly soon: (device: string) => void;
  /** Told of every probe once it is on record. */
  readonly observe: (fact: ProbeFact) => void;
  readonly meanMs: number;
  readonly leaseMeanMs: number;
  readonly log: Pick<Logger, 'error'>;
}

interface CardProbing {
  hurry: Hurry;
  slowInARow: number;
  failedInARow: number;
  /** Its lost table is being ordered. */
  replacing: boolean;
}

/** Probes every card that keeps a table, at times that nobody can predict, one card of a device after the other. */
export class Prober implements Desk<ProbeMessage> {
  readonly #options: ProberOptions;
  readonly #cards = new Map<string, Map<number, CardProbing>>();
  readonly #runs = new Map<string, ProbeRun>();
  readonly #plans = new Plans((device, card) => void this.#due(device, card));
  /** One probe of a device at a time: one card's reveal must not stand in the line before another one's commit. */
  readonly #turns = new Serial();
  #closed = false;

  constructor(options: ProberOptions) {
    this.#options = options;
  }

  /** Probes under way. */
  get running(): number {
    return this.#runs.size;
  }

  connected(device: string): void {
    this.replan(device);
  }

  disconnected(device: string): void {
    this.#plans.cancel(device);
    this.#runs.get(device)?.disconnected();
  }

  receive(device: string, message: ProbeMessage, at: number): Code | null {
    const run = this.#runs.get(device);
    return run === undefined ? 'probe.unknown' : run.receive(message, at);
  }

  /** Every probe that was sent goes on record, as ours; nobody is told. */
  close(): void {
    this.#closed = true;
    this.#plans.close();
    for (const run of [...this.#runs.values()]) run.endAsOurs();
  }

  /** An exam is over, a lease has moved on, a table is there: draws the times of the next probes anew. */
  replan(device: string): void {
    this.#replan(device).catch((error) =>
      this.#options.log.error({ err: error, device }, 'no probes could be planned'),
    );
  }

  /**
   * A probe as soon as it is the card's turn. Resolves when it is on record and told; null where none was sent: no table, not
   * connected, busy with something else. Never rejects.
   */
  async probeNow(device: string, card: number): Promise<ProbeFact | null> {
    try {
      return await this.#turns.run(device, () => this.#probe(device, card));
    } catch (error) {
      this.#options.log.error({ err: error, device, card }, 'a card could not be probed');
      return null;
    }
  }

  /**
   * What the card takes for a probe of its present table while it is idle, milliseconds; null where that is not known.
   * @throws the record's errors
   */
  async baselineMs(device: string, card: number): Promise<number | null> {
    return (await this.#options.preparations.prepare(device, card))?.baselineMs ?? null;
  }

  async #replan(device: string): Promise<void> {
    const { devices, hub, residents } = this.#options;
    this.#plans.cancel(device);
    const tables = await residents.of(device);
    const state = devices.get(device);
    if (this.#closed || state === undefined || hub.get(device) === undefined) return;
    if (!keepsTables(state.status)) {
      // The first exam, or one of new hardware, ends the old tables by itself.
      if (state.status !== 'examining') this.#dropAll(device, tables);
      return;
    }
    state.enrolment.cards.forEach(({ memoryEngine = null }, card) => {
      if (memoryEngine !== null) this.#plan(device, card);
    });
  }

  #dropAll(device: string, tables: readonly Resident[]): void {
    for (const { card, tableSeed } of tables) {
      this.#options.residents.drop(device, card);
      this.#options.hub.send(device, { type: 'table.drop', card, tableSeed });
    }
  }

  #plan(device: string, card: number): void {
    const { hub, uniform, leaseOf, meanMs, leaseMeanMs } = this.#options;
    if (this.#closed || hub.get(device) === undefined) return;
    const mean = leaseOf(device) === null ? meanMs : leaseMeanMs;
    this.#plans.set(device, card, nextProbeMs(this.#of(device, card).hurry, mean, uniform()));
  }

  async #due(device: string, card: number): Promise<void> {
    const { devices, residents } = this.#options;
    const state = devices.get(device);
    if (state === undefined || !keepsTables(state.status)) return;
    if (!this.#isBusy(device)) {
      if (residents.get(device, card) === undefined) await this.#replace(device, card);
      else await this.probeNow(device, card);
    }
    // Where it was busy the next one is drawn anew: moved, not failed.
    this.#plan(device, card);
  }

  #isBusy(device: string): boolean {
    const { examining, busy } = this.#options;
    const cards = [...(this.#cards.get(device)?.values() ?? [])];
    return examining(device) || busy(device) || cards.some(({ replacing }) => replacing);
  }

  async #probe(device: string, card: number): Promise<ProbeFact | null> {
    const { residents, transcripts, preparations } = this.#options;
    await residents.of(device);
    if (!this.#mayProbe(device, card)) return null;
    const entry = await transcripts.open(device, card);
    try {
      const beacon = entry.transcript.startsWith('le_') ? await this.#beacon() : null;
      const prepared = await preparations.prepare(device, card);
      if (prepared === null || !this.#mayProbe(device, card)) return null;
      const task = this.#task(device, prepared, entry, beacon);
      const result = await this.#run(task);
      if (result === null) return null;
      const fact = this.#judge(task, prepared, beacon, result);
      // Only what is on record may move the transcript on.
      if (!(await this.#record(fact))) return null;
      entry.close(rootOf(result.commitment));
      await preparations.learn(prepared, fact);
      this.#conclude(fact, prepared.table);
      if (result.kind === 'ended' && result.code === 'probe.no-table') this.#lose(device, prepared.table);
      return fact;
    } finally {
      entry.abandon();
    }
  }

  #mayProbe(device: string, card: number): boolean {
    const { devices, hub, residents } = this.#options;
    const state = devices.get(device);
    if (this.#closed || state === undefined || !keepsTables(state.status)) return false;
    if (hub.get(device) === undefined || this.#isBusy(device)) return false;
    return residents.get(device, card) !== undefined;
  }

  async #beacon(): Promise<BeaconValue | null> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), beaconMs);
    });
    const value = await Promise.race([this.#options.beacon().catch(() => null), late]);
    clearTimeout(timer);
    return value;
  }

  #task(
    device: string,
    { table, walked, deadlineMs }: Prepared,
    { transcript, index, previous }: OpenEntry,
    beacon: BeaconValue | null,
  ): ProbeTask {
    const { random, keyOf } = this.#options;
    const { card, tableSeed, shape } = table;
    const value = beacon === null ? new Uint8Array(32) : fromHex(beacon.value);
    return {
      probe: newProbeId(random),
      device,
      card,
      tableSeed,
      shape: { ...shape, rounds: walked.rounds },
      seed: probeSeed(keyOf(device, transcript), card, index, previous, value),
      transcript,
      index,
      previous,
      withinMs: Math.ceil(Math.min(longestWaitMs, Math.max(waitAtLeastMs, waitTimes * deadlineMs))),
    };
  }

  /** @returns null where it could not be sent: then there was no probe */
  #run(task: ProbeTask): Promise<ProbeResult | null> {
    const { device, card } = task;
    const { log } = this.#options;
    return new Promise((resolve) => {
      const run = ProbeRun.start(task, {
        ...this.#options,
        uncheckable: (error) => log.error({ err: error, device, card }, 'a probe could not be checked'),
        finished: (result) => {
          this.#runs.delete(device);
          resolve(result);
        },
      });
      if (run === null) resolve(null);
      else this.#runs.set(device, run);
    });
  }

  #judge(
    task: ProbeTask,
    { table, deadlineMs, baselineMs }: Prepared,
    beacon: BeaconValue | null,
    result: ProbeResult,
  ): ProbeFact {
    const { residents, examining, random, clock } = this.#options;
    const { device, card, tableSeed } = task;
    const verdict = probeVerdict(result, {
      deadlineMs,
      slowInARow: this.#of(device, card).slowInARow,
      collided: examining(device) || residents.get(device, card)?.tableSeed !== tableSeed,
      doubt: residents.doubt(device, card),
    });
    const { purpose } = table;
    const ids = { id: newFactId(random), at: clock.now() };
    return probeFact({ ...ids, task, purpose, beacon, deadlineMs, baselineMs, verdict }, result);
  }

  /** Until the journal takes it, or we close: a probe that was sent can't vanish, and nothing follows it before. */
  async #record(fact: ProbeFact): Promise<boolean> {
    const { recorder, log } = this.#options;
    for (;;) {
      try {
        await recorder.record([fact]);
        return true;
      } catch (error) {
        log.error({ err: error, device: fact.device }, 'a probe could not be recorded');
        if (this.#closed) return false;
        await new Promise((resolve) => setTimeout(resolve, recordPauseMs));
      }
    }
  }

  /** What follows from a probe that is on record. A status it never changes: an exam decides. */
  #conclude(fact: ProbeFact, table: Resident): void {
    const { hub, observe, residents, lost, soon } = this.#options;
    const { device, card, probe, outcome, code, elapsedMs, deadlineMs } = fact;
    observe(fact);
    if (this.#closed) return;
    hub.send(device, { type: 'probe.verdict', probe, card, outcome, code, elapsedMs, deadlineMs });
    const probing = this.#of(device, card);
    probing.slowInARow = code === 'probe.slow-line' ? probing.slowInARow + 1 : 0;
    probing.hurry = code === 'probe.slow-line' ? 'again' : code === 'probe.unanswered' ? 'line' : null;
    if (outcome === 'passed') {
      probing.failedInARow = 0;
      residents.shown(device, card, table.tableSeed);
      lost.kept(device, card);
    } else if (outcome === 'failed') {
      probing.failedInARow += 1;
      if (probing.failedInARow >= failuresToExam || code.startsWith('probe.wrong-')) {
        probing.failedInARow = 0;
        soon(device);
      }
    }
    if (probing.hurry !== null) this.#plan(device, card);
  }

  /** The card says that its table is gone. */
  #lose(device: string, table: Resident): void {
    const { residents, lost, examining } = this.#options;
    // Where an exam or an order took its place there is nothing to mend.
    if (examining(device) || residents.get(device, table.card)?.tableSeed !== table.tableSeed) return;
    residents.drop(device, table.card);
    lost.lost(device, table);
    void this.#replace(device, table.card);
  }

  /** Begins at once: no probe of another card is sent while a table is made. */
  async #replace(device: string, card: number): Promise<void> {
    const probing = this.#of(device, card);
    probing.replacing = true;
    if (!this.#closed) await this.#options.lost.replace(device, card);
    probing.replacing = false;
  }

  #of(device: string, card: number): CardProbing {
    const cards = this.#cards.get(device) ?? new Map<number, CardProbing>();
    this.#cards.set(device, cards);
    const probing = cards.get(card) ?? { hurry: null, slowInARow: 0, failedInARow: 0, replacing: false };
    cards.set(card, probing);
    return probing;
  }
}
