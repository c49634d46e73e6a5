import type { Logger } from 'pino';
import { fromHex, toHex } from '../../protocol/bytes.js';
import type { Clock } from '../../protocol/clock.js';
import type { Code } from '../../protocol/codes/table.js';
import type { OfflineReport, OfflineReveal, OfflineVerdict } from '../../protocol/messages/offline.js';
import { nextTag } from '../../protocol/transcript.js';
import type { Fact } from '../../scoring/facts/facts.js';
import type { OfflineFact } from '../../scoring/facts/timelock.js';
import type { Hub } from '../connections/hub.js';
import type { Recorder } from '../devices/recorder.js';
import type { Saved } from '../state/saved.js';
import type { Judge, Judged } from './judge.js';
import { type CreditedCard, offlineVerdict } from './offline-fact.js';
import { type Outage, Outages, type SavedOutages } from './outages.js';
import { Questions } from './questions.js';
import type { Rates } from './rates.js';
import { type Reported, refusalOf, shownOutage } from './reported.js';
import { type IssuedChain, type Mac, readToken } from './token.js';

/** An honest device reports as soon as it is back: everything else waits so long for it. */
const expectedMs = 5_000;
/** Later than this none is taken: the time after an outage must not count for it. */
const takenMs = 30_000;

/** The place of an entry in a card's transcript (`Transcripts.open`). */
export interface TranscriptEntry {
  readonly transcript: string;
  readonly index: number;
  readonly previous: Uint8Array;
  stage(root: Uint8Array, facts: readonly Fact[]): Promise<void>;
  close(root: Uint8Array): Uint8Array;
  abandon(): void;
}

/** What one verifier knew of a device's outages, for its next home: a chain counts once, and is not swapped for another one. */
export interface SavedReports {
  readonly outages: SavedOutages;
  readonly owed: Reported | null;
  readonly verdict: OfflineVerdict | null;
}

export interface ReportsOptions {
  readonly hub: Pick<Hub, 'send' | 'lastSeenAt'>;
  readonly clock: Clock;
  readonly mac: Mac;
  readonly judge: Pick<Judge, 'judge' | 'factsOf'>;
  readonly rates: Rates;
  readonly recorder: Pick<Recorder, 'record'>;
  readonly openEntry: (device: string, card: number) => Promise<TranscriptEntry>;
  /** The minute since 1970 in which a device was seen last, by the record; null where it never was. */
  readonly lastMinuteSeen: (device: string) => Promise<number | null>;
  /** Shorter outages are not waited for, milliseconds. */
  readonly linkMs: number;
  /** There is nothing to be shown any more on this connection. Called again after each late report. */
  readonly settled: (device: string) => void;
  /** A card that showed wrong walks. */
  readonly suspect: (device: string) => void;
  readonly observe: (fact: OfflineFact) => void;
  /** Where it stands for other verifiers; nowhere where there are none. */
  readonly saved?: Saved<SavedReports>;
  readonly log: Pick<Logger, 'error'>;
}

interface Connection {
  /** Monotonic milliseconds. */
  readonly since: number;
  readonly questions: Questions;
  /** What is known of the device before this process saw it has been read. */
  readonly read: Promise<void>;
  expected: NodeJS.Timeout | null;
  reported: boolean;
  settled: boolean;
}

interface DeviceOutages {
  readonly outages: Outages;
  connection: Connection | null;
  /** A report that had no verdict, by our fault or the line's: the very same one may be made again. */
  owed: Reported | null;
  /** On the chain that was judged last: it counts once. Told again where it was lost with the line. */
  verdict: OfflineVerdict | null;
  /** Settles when no report of the device is judged. */
  judging: Promise<void>;
  /** It is at home elsewhere: what is found here says nothing there. */
  gone: boolean;
}

/** The outages of all devices, and what they report of them: one report after each reconnection, one check at a time. */
export class Reports {
  readonly #options: ReportsOptions;
  readonly #devices = new Map<string, DeviceOutages>();
  readonly #closing = new AbortController();

  constructor(options: ReportsOptions) {
    this.#options = options;
  }

  connected(device: string): void {
    const { clock, hub, log } = this.#options;
    const state = this.#of(device);
    state.outages.connected(clock.now());
    const read = state.outages.isKnown ? Promise.resolve() : this.#restore(device, state);
    const connection: Connection = {
      since: clock.monotonic(),
      questions: new Questions((message) => state.connection === connection && hub.send(device, message)),
      read,
      expected: null,
      reported: false,
      settled: false,
    };
    state.connection = connection;
    this.#save(device, state);
    void read
      .catch((error) => log.error({ err: error, device }, 'the last sign of a device could not be read'))
      .then(() => this.#expect(device, state, connection));
  }

  disconnected(device: string): void {
    const state = this.#devices.get(device);
    const connection = state?.connection;
    if (state === undefined || !connection) return;
    const now = this.#options.clock.now();
    state.connection = null;
    state.outages.disconnected(this.#options.hub.lastSeenAt(device) ?? now);
    if (connection.expected !== null) clearTimeout(connection.expected);
    connection.questions.end();
    this.#save(device, state);
  }

  /** Whether the device is connected and nothing is to be shown on this connection. */
  isSettled(device: string): boolean {
    return this.#devices.get(device)?.connection?.settled === true;
  }

  /** Whether a report of the device is expected, or judged. */
  unshown(device: string): boolean {
    return this.#devices.get(device)?.connection?.settled === false;
  }

  /** @returns the code with which it is refused, or null */
  report(device: string, report: OfflineReport): Code | null {
    const state = this.#devices.get(device);
    const connection = state?.connection;
    if (state === undefined || !connection || connection.reported) return 'offline.not-asked';
    const chain = readToken(this.#options.mac, device, report.token);
    if (chain === null) return 'offline.token-unknown';
    const refusal = refusalOf(chain, report);
    if (refusal !== null) return refusal;
    if (isShorter(state, chain, report) || isRival(state, chain)) return 'offline.not-asked';
    const owed = owedFor(state, report);
    const late = this.#options.clock.monotonic() - connection.since > takenMs;
    if (late && owed === null && state.verdict?.seed !== chain.seed) return 'offline.not-asked';
    connection.reported = true;
    connection.settled = false;
    const reportedAt = this.#options.clock.now();
    state.judging = state.judging.then(() =>
      this.#take(device, state, connection, { chain, report, reportedAt, owed }),
    );
    return null;
  }

  /** @returns the code with which it is refused, or null */
  reveal(device: string, reveal: OfflineReveal): 'offline.not-asked' | null {
    return this.#devices.get(device)?.connection?.questions.take(reveal) ? null : 'offline.not-asked';
  }

  /** The device is at home here: goes on with what another verifier knew. @throws TouchstoneError `service.busy` */
  async arrive(device: string): Promise<void> {
    const saved = (await this.#options.saved?.get(device)) ?? null;
    if (saved === null || this.#devices.has(device)) return;
    const state = this.#of(device);
    state.outages.takeUp(saved.outages, this.#options.clock.now());
    state.owed = saved.owed;
    state.verdict = saved.verdict;
  }

  /** The device goes to another verifier, and its line has ended. Resolves when nothing of it is judged any more. */
  async leave(device: string): Promise<void> {
    const state = this.#devices.get(device);
    await state?.judging;
    if (state !== undefined) this.#save(device, state);
    await this.#options.saved?.flush(device);
    this.forget(device);
  }

  /** The device may be at home elsewhere. */
  forget(device: string): void {
    const state = this.#devices.get(device);
    this.disconnected(device);
    if (state !== undefined) state.gone = true;
    this.#devices.delete(device);
    this.#options.saved?.forget(device);
  }

  #save(device: string, { outages, owed, verdict, gone }: DeviceOutages): void {
    if (!gone) this.#options.saved?.put(device, { outages: outages.saved, owed, verdict });
  }

  /** Ends everything, without a verdict. */
  close(): void {
    this.#closing.abort();
    for (const device of this.#devices.keys()) this.disconnected(device);
  }

  #of(device: string): DeviceOutages {
    const known = this.#devices.get(device);
    if (known !== undefined) return known;
    const state: DeviceOutages = {
      outages: new Outages(),
      connection: null,
      owed: null,
      verdict: null,
      judging: Promise.resolve(),
      gone: false,
    };
    this.#devices.set(device, state);
    return state;
  }

  async #restore(device: string, { outages }: DeviceOutages): Promise<void> {
    outages.restore(await this.#options.lastMinuteSeen(device));
  }

  /** Waits for a report where the outage was long enough for one. */
  #expect(device: string, state: DeviceOutages, connection: Connection): void {
    if (state.connection !== connection || connection.reported) return;
    const outage = state.outages.present;
    const worth = outage !== null && outage.to - outage.from >= this.#options.linkMs;
    if (!worth && state.owed === null) return this.#settle(device, state, connection);
    connection.expected = setTimeout(
      () => setImmediate(() => !connection.reported && this.#settle(device, state, connection)),
      expectedMs,
    );
  }

  #settle(device: string, state: DeviceOutages, connection: Connection): void {
    if (state.connection !== connection || this.#closing.signal.aborted) return;
    connection.settled = true;
    this.#options.settled(device);
  }

  async #take(
    device: string,
    state: DeviceOutages,
    connection: Connection,
    {
      chain,
      report,
      reportedAt,
      owed,
    }: Pick<Reported, 'chain' | 'report' | 'reportedAt'> & { owed: Reported | null },
  ): Promise<void> {
    // While another report was judged the line may have gone again: there is another one on the next.
    if (state.connection !== connection) return;
    try {
      await connection.read;
      const { verdict } = state;
      if (verdict?.seed === chain.seed) this.#options.hub.send(device, verdict);
      else {
        const outage = outageOf(state, chain, reportedAt);
        await this.#judge(state, connection, owed ?? { device, chain, report, outage, reportedAt });
      }
    } catch (error) {
      // Such as a record that does not answer. The agent keeps what it solved, and reports it on its next connection.
      this.#options.log.error({ err: error, device }, 'an outage could not be looked at');
    }
    this.#settle(device, state, connection);
  }

  async #judge(state: DeviceOutages, connection: Connection, reported: Reported): Promise<void> {
    const { judge, hub, log, suspect, observe } = this.#options;
    const { device, chain } = reported;
    // Until there is a verdict: whatever breaks it off is not the device's fault.
    state.owed = reported;
    this.#save(device, state);
    try {
      const judged = await judge.judge(reported, {
        ask: (card, openings) => connection.questions.ask(chain.seed, card, openings),
        signal: this.#closing.signal,
      });
      if (judged === 'gone' || this.#closing.signal.aborted) return;
      const cards = await this.#record(reported, judged, observe);
      state.owed = null;
      state.outages.shown(reported.outage.to);
      state.verdict = offlineVerdict(reported, judged.code, cards);
      this.#save(device, state);
      hub.send(device, state.verdict);
      if (cards.some(({ code }) => code === 'offline.wrong-walk')) suspect(device);
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      log.error({ err: error, device }, 'an outage could not be checked');
      hub.send(device, offlineVerdict(reported, 'offline.ours', []));
    }
  }

  /** On record first, then in the transcripts: an entry that is not on record never was. */
  async #record(
    reported: Reported,
    judged: Judged,
    observe: ReportsOptions['observe'],
  ): Promise<readonly CreditedCard[]> {
    const { openEntry, recorder, judge, rates } = this.#options;
    const entries: { readonly entry: TranscriptEntry; readonly root: Uint8Array }[] = [];
    try {
      const cards: CreditedCard[] = [];
      for (const card of judged.cards) {
        if (card.creditedMs === 0) {
          cards.push(card);
          continue;
        }
        const root = fromHex(card.root);
        const entry = await openEntry(reported.device, card.card);
        entries.push({ entry, root });
        const { transcript, index, previous } = entry;
        cards.push({ ...card, entry: { transcript, index, tag: toHex(nextTag(previous, index, root)) } });
      }
      const facts = judge.factsOf(reported, judged, cards);
      for (const { entry, root } of entries) await entry.stage(root, facts);
      await recorder.record(facts);
      for (const { entry, root } of entries) entry.close(root);
      if (judged.faster !== null) rates.learned(reported.device, judged.faster.squaringsPerSecond);
      for (const fact of facts) if (fact.kind === 'offline.shown') observe(fact);
      return cards;
    } finally {
      for (const { entry } of entries) entry.abandon();
    }
  }
}

/** The same report as one that is owed a verdict, or null. */
function owedFor({ owed }: DeviceOutages, { links, key, token }: OfflineReport): Reported | null {
  const before = owed?.report;
  return before?.links === links && before.key === key && before.token === token ? owed : null;
}

/** Who broke off a report and now leaves out its last links may have seen what is asked of them. */
function isShorter({ owed }: DeviceOutages, { seed }: IssuedChain, { links }: OfflineReport): boolean {
  return owed?.chain.seed === seed && links < owed.report.links;
}

/** Nor can it show the same outage with another chain, to see what is asked of that one. */
function isRival({ owed }: DeviceOutages, { seed, issuedAt }: IssuedChain): boolean {
  return owed !== null && owed.chain.seed !== seed && issuedAt < owed.outage.to;
}

/** What the chain is held against. Where there was no outage, one of no time. */
function outageOf({ outages }: DeviceOutages, chain: IssuedChain, at: number): Outage {
  return shownOutage(outages.present ?? { from: at, lastSign: at, to: at, shownTo: null }, chain);
}
