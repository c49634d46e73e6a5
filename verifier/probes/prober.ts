import type { Code } from '../../protocol/codes/table.js';
import type { ProbeMessage } from '../../protocol/messages/probe.js';
import type { BeaconValue } from '../../protocol/messages/receipt.js';
import type { OfflineFact, ProbeFact } from '../../scoring/facts/timelock.js';
import type { Desk } from '../connections/desk.js';
import { Serial } from '../devices/serial.js';
import { keepsTables } from '../tables/lost-tables.js';
import type { Resident } from '../tables/resident.js';
import { type Absence, Absences } from './absences.js';
import { beaconInTime } from './beacon-in-time.js';
import { CardProbings } from './card-probings.js';
import { Plans } from './plans.js';
import type { Prepared } from './preparations.js';
import { rootOf } from './probe-fact.js';
import { ProbeRun, type ProbeTask } from './probe-run.js';
import type { ProbeResult } from './probe-step.js';
import { judgedProbe, newTask, oursAlone } from './probe-task.js';
import { slowLines } from './probe-verdict.js';
import type { ProberOptions } from './prober-options.js';
import { recordPersistently } from './record-persistently.js';
import { nextProbeMs } from './schedule.js';
import type { OpenEntry } from './transcripts.js';

/** So many failed probes of a card in a row ask for an exam. */
const failuresToExam = 3;

/** Probes every card that keeps a table, at times that nobody can predict, one card of a device after the other. */
export class Prober implements Desk<ProbeMessage> {
  readonly #options: ProberOptions;
  readonly #cards = new CardProbings();
  readonly #runs = new Map<string, ProbeRun>();
  readonly #absences: Absences;
  readonly #plans = new Plans((device, card) => void this.#due(device, card));
  /** One probe of a device at a time: one card's reveal must not stand in the line before another one's commit. */
  readonly #turns = new Serial();
  readonly #closing = new AbortController();
  #ending = false;

  constructor(options: ProberOptions) {
    this.#options = options;
    this.#absences = new Absences(options);
  }

  get #closed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Probes under way. */
  get running(): number {
    return this.#runs.size;
  }

  connected(device: string): void {
    this.#absences.returned(device);
    this.replan(device);
  }

  disconnected(device: string): void {
    this.#plans.cancel(device);
    // An exam that lost its line is what the time is about, and decides.
    if (!this.#closed && !this.#ending && !this.#options.examining(device)) this.#absences.left(device);
    this.#save(device);
    this.#runs.get(device)?.disconnected();
  }

  receive(device: string, message: ProbeMessage, at: number): Code | null {
    const run = this.#runs.get(device);
    return run === undefined ? 'probe.unknown' : run.receive(message, at);
  }

  /** The device is at home here: goes on with what another verifier knew of it. @throws TouchstoneError `service.busy` */
  async arrive(device: string): Promise<void> {
    const saved = (await this.#options.saved?.get(device)) ?? null;
    if (saved === null) return;
    this.#cards.restore(device, saved.cards);
    if (saved.absence !== null) this.#absences.restore(device, saved.absence);
  }

  /** The device goes to another verifier, and its line has ended. Resolves when its probe is on record. */
  async leave(device: string): Promise<void> {
    this.#plans.cancel(device);
    await this.#turns.run(device, async () => {});
    this.#save(device);
    await this.#options.saved?.flush(device);
    this.#forget(device);
  }

  /** The device may be at home elsewhere: its probe ends as ours. */
  async lapse(device: string): Promise<void> {
    this.#plans.cancel(device);
    this.#runs.get(device)?.endAsOurs();
    await this.#turns.run(device, async () => {});
    this.#forget(device);
  }

  /** We are about to close: from now on each line that ends is ended by us. */
  beginEnding(): void {
    this.#ending = true;
  }

  /** An outage of a device is on record: what it was credited needs no probe. */
  outageShown(fact: OfflineFact): void {
    this.#absences.shown(fact);
  }

  /**
   * A device that is back has nothing to show any more: what came due of its cards while it was away, and is not credited,
   * goes on record as unanswered, one for each card at most. Else who leaves and returns between two probes were never away.
   */
  settled(device: string): void {
    const absence = this.#absences.end(device);
    if (absence === null || this.#closed) return;
    // In the device's turn at once: no probe may come before it.
    this.#turns
      .run(device, () => this.#missed(device, absence))
      .catch((error) => this.#options.log.error({ err: error, device }, 'an absence could not be recorded'));
  }

  /** Every probe that was sent goes on record, as ours; nobody is told. */
  close(): void {
    this.#closing.abort();
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

  #forget(device: string): void {
    this.#plans.cancel(device);
    this.#cards.forget(device);
    this.#absences.end(device);
    this.#options.preparations.forget(device);
    this.#options.saved?.forget(device);
  }

  #save(device: string): void {
    this.#options.saved?.put(device, {
      cards: this.#cards.all(device),
      absence: this.#absences.saved(device),
    });
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
    const { hub, uniform } = this.#options;
    if (this.#closed || hub.get(device) === undefined) return;
    this.#plans.set(
      device,
      card,
      nextProbeMs(this.#cards.of(device, card).hurry, this.#meanMs(device), uniform()),
    );
  }

  #meanMs(device: string): number {
    const { leaseOf, meanMs, leaseMeanMs } = this.#options;
    return leaseOf(device) === null ? meanMs : leaseMeanMs;
  }

  async #missed(device: string, absence: Absence): Promise<void> {
    const { residents, devices } = this.#options;
    const tables = await residents.of(device);
    const state = devices.get(device);
    if (state === undefined || !keepsTables(state.status)) return;
    for (const { card } of tables) {
      const probing = this.#cards.of(device, card);
      const due = this.#absences.draw(absence, card, this.#meanMs(device), probing.movedInARow);
      if (due.kind === 'nothing') continue;
      probing.movedInARow += 1;
      // One that broke off with the line stands for all of the time, unless a part of it was credited.
      const told = probing.hurry === 'line' && !absence.credited.has(card);
      if (due.kind === 'missed' && !told) await this.#miss(device, card, due.at);
      else if (probing.hurry === null) probing.hurry = 'again';
      this.#plan(device, card);
    }
    this.#save(device);
  }

  /** An entry of a probe that there was nobody to send to. */
  async #miss(device: string, card: number, at: number): Promise<void> {
    const { transcripts, preparations } = this.#options;
    const entry = await transcripts.open(device, card);
    try {
      const prepared = await preparations.prepare(device, card);
      if (prepared === null) return;
      const task = newTask(this.#options, device, prepared, entry, null);
      const unsent = { kind: 'ended', code: 'probe.unanswered', commitment: null, silence: null } as const;
      const fact = { ...this.#judge(task, prepared, null, unsent), at };
      if (!(await this.#enter(entry, rootOf(null), fact))) return;
      this.#conclude(fact, prepared.table);
    } finally {
      entry.abandon();
    }
  }

  async #due(device: string, card: number): Promise<void> {
    const { devices, residents } = this.#options;
    const state = devices.get(device);
    if (state === undefined || !keepsTables(state.status)) return;
    const probing = this.#cards.of(device, card);
    if (probing.hurry !== 'again') probing.movedInARow = 0;
    if (!this.#isBusy(device)) {
      if (residents.get(device, card) === undefined) await this.#replace(device, card);
      else await this.probeNow(device, card);
    }
    // Where it was busy the next one is drawn anew: moved, not failed.
    this.#plan(device, card);
  }

  #isBusy(device: string): boolean {
    const { examining, busy } = this.#options;
    return examining(device) || busy(device) || this.#cards.isReplacing(device);
  }

  async #probe(device: string, card: number): Promise<ProbeFact | null> {
    const { residents, transcripts, preparations } = this.#options;
    await residents.of(device);
    if (!this.#mayProbe(device, card)) return null;
    const entry = await transcripts.open(device, card);
    try {
      const beacon = entry.transcript.startsWith('le_') ? await beaconInTime(this.#options.beacon) : null;
      const prepared = await preparations.prepare(device, card);
      if (prepared === null) return null;
      const task = newTask(this.#options, device, prepared, entry, beacon);
      // Where we end with the walk under way, this is what it was: nobody may be asked the same again at leisure.
      await entry.stage(rootOf(null), [this.#judge(task, prepared, beacon, oursAlone)]);
      if (!this.#mayProbe(device, card)) return null;
      const result = await this.#run(task);
      if (result === null) return null;
      const fact = this.#judge(task, prepared, beacon, result);
      if (!(await this.#enter(entry, rootOf(result.commitment), fact))) return null;
      await preparations.learn(prepared, fact);
      this.#conclude(fact, prepared.table);
      if (result.kind === 'ended' && result.code === 'probe.no-table') this.#lose(device, prepared.table);
      return fact;
    } finally {
      entry.abandon();
    }
  }

  /**
   * Only what is on record may move the transcript on; a probe that was sent can't vanish, and nothing follows it before.
   * @returns whether it is on record
   */
  async #enter(entry: OpenEntry, root: Uint8Array, fact: ProbeFact): Promise<boolean> {
    await entry.stage(root, [fact]);
    const recorded = await recordPersistently(this.#options, fact, this.#closing.signal);
    if (recorded) entry.close(root);
    // Not abandoned: whoever is its home next records what stands in the hot state.
    else entry.release();
    return recorded;
  }

  #mayProbe(device: string, card: number): boolean {
    const { devices, hub, residents, isHere } = this.#options;
    const state = devices.get(device);
    if (this.#closed || state === undefined || !keepsTables(state.status)) return false;
    if (isHere?.(device) === false) return false;
    if (hub.get(device) === undefined || this.#isBusy(device)) return false;
    return residents.get(device, card) !== undefined;
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

  #judge(task: ProbeTask, prepared: Prepared, beacon: BeaconValue | null, result: ProbeResult): ProbeFact {
    const { slowInARow } = this.#cards.of(task.device, task.card);
    return judgedProbe(this.#options, { task, prepared, beacon, slowInARow }, result);
  }

  /** What follows from a probe that is on record. A status it never changes: an exam decides. */
  #conclude(fact: ProbeFact, table: Resident): void {
    const { hub, observe, residents, lost, soon } = this.#options;
    const { device, card, probe, outcome, code, elapsedMs, deadlineMs } = fact;
    observe(fact);
    if (this.#closed) return;
    hub.send(device, { type: 'probe.verdict', probe, card, outcome, code, elapsedMs, deadlineMs });
    const probing = this.#cards.of(device, card);
    // By the line alone nobody is examined: it would be over the same line.
    const byLine = code === 'probe.late' && probing.slowInARow >= slowLines;
    probing.slowInARow = code === 'probe.slow-line' ? probing.slowInARow + 1 : 0;
    probing.hurry = code === 'probe.slow-line' ? 'again' : code === 'probe.unanswered' ? 'line' : null;
    if (outcome === 'passed') {
      probing.failedInARow = 0;
      residents.shown(device, card, table.tableSeed);
      lost.kept(device, card);
    } else if (outcome === 'failed' && !byLine) {
      probing.failedInARow += 1;
      if (probing.failedInARow >= failuresToExam || code.startsWith('probe.wrong-')) {
        probing.failedInARow = 0;
        soon(device);
      }
    }
    this.#save(device);
    if (probing.hurry !== null) this.#plan(device, card);
  }

  /** The card says that its table is gone. */
  #lose(device: string, table: Resident): void {
    const { residents, lost, examining } = this.#options;
    // Where an exam or an order took its place there is nothing to mend.
    if (examining(device) || residents.get(device, table.card)?.tableSeed !== table.tableSeed) return;
    residents.drop(device, table.card);
    lost.lost(device, table);
    void this.#replace(device, table.card).then(() => this.#askAllTheSame(device, table));
  }

  /** Begins at once: no probe of another card is sent while a table is made. */
  async #replace(device: string, card: number): Promise<void> {
    const probing = this.#cards.of(device, card);
    probing.replacing = true;
    if (!this.#closed) await this.#options.lost.replace(device, card);
    probing.replacing = false;
  }

  /**
   * A leased card is asked for its ballast also where it is gone and no other was made: else who gave its memory away would be
   * asked no more, and its transcript would say once what lasted for the whole lease.
   */
  #askAllTheSame(device: string, table: Resident): void {
    const { residents, leaseOf, examining } = this.#options;
    if (table.purpose !== 'ballast' || leaseOf(device) === null || examining(device)) return;
    if (residents.get(device, table.card) === undefined) residents.set(device, table);
  }
}
