import type { ClickHouseClient } from '@clickhouse/client';
import type { Logger } from 'pino';
import type { Clock, RandomBytes } from '../../protocol/clock.js';
import { newSweepId } from '../../protocol/ids.js';
import type { BeaconValue } from '../../protocol/messages/receipt.js';
import type { SweepKind } from '../../protocol/messages/sweep.js';
import type { SweepFact } from '../../scoring/facts/sweep.js';
import {
  fleetSweptSince,
  lastFleetWindowAt,
  lastTaken,
  sweepChains,
  takersOf,
} from '../../scoring/queries/sweeps.js';
import type { Hub } from '../connections/hub.js';
import type { Recorder } from '../devices/recorder.js';
import type { SweepExams } from '../exams/sweep-exams.js';
import type { HomesPort } from '../homes/homes-port.js';
import type { Shipping } from '../leases/settled.js';
import type { HotState } from '../state/state.js';
import { Abandoned } from './abandoned.js';
import { SweepBoard } from './board.js';
import { Chains } from './chains.js';
import { Conductor, type SweepPlan } from './conductor.js';
import { Follower } from './follower.js';
import { Leadership } from './leadership.js';
import { Planner, type PlannerSettings } from './planner.js';
import { SharedClock } from './shared-clock.js';
import { type SweepTimes, sweepTimes } from './times.js';

export interface SweepsParts {
  readonly clickhouse: ClickHouseClient;
  readonly state: HotState;
  readonly homes: Pick<HomesPort, 'self' | 'members' | 'isHere'>;
  readonly hub: Pick<Hub, 'all' | 'get'>;
  readonly exams: SweepExams;
  readonly recorder: Pick<Recorder, 'record'>;
  readonly shipping: Shipping;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** In [0, 1). */
  readonly uniform: () => number;
  /** A secret of ours for one purpose and thing, 32 bytes; the same at all verifiers. */
  readonly derive: (purpose: string, id: string) => Uint8Array;
  /** The latest beacon; null where none is configured or it is away. */
  readonly beacon: () => Promise<BeaconValue | null>;
  /**
   * How many cards of a device a sweep of this kind would examine now; 0 where it is not to be asked: not verified, leased, in
   * maintenance, in quiet, or beyond its budget. Whether it is connected and at home here is looked at beside.
   */
  readonly cardsFor: (device: string, sweepKind: SweepKind) => number;
  readonly settings: PlannerSettings & { readonly sweepChainLength: number };
  /** Told of every sweep that this verifier led, part by part. */
  readonly observe: (sweep: SweepFact) => void;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** The usual ones where absent. */
  readonly times?: SweepTimes;
}

export interface Sweeps {
  /** Sweeps that devices at home here are in now. */
  readonly running: number;
  /** Whether this verifier starts the sweeps of all. */
  readonly leads: boolean;
  /**
   * Asks for a sweep of devices that something speaks against, as soon as one can be; devices that can't be asked then are left out.
   * @returns the sweep that it will be @throws `service.busy`
   */
  suspects(devices: readonly string[], why: string): Promise<string>;
  /** Takes part from now on. @throws `service.busy` */
  start(): Promise<void>;
  /** Lets another verifier lead. What runs here goes on as ordinary exams. Never rejects. */
  close(): Promise<void>;
}

/** Sweeps over all verifiers (docs/sweeps.md): every one takes part, and one of them leads. */
export function openSweeps(parts: SweepsParts): Sweeps {
  const { clickhouse, state, homes, hub, clock, random, settings, log, times = sweepTimes } = parts;
  const { self } = homes;
  const board = new SweepBoard(state);
  const shared = new SharedClock({ ask: () => state.now(), clock });
  const chains = new Chains({
    ...parts,
    self,
    derive: (chain) => parts.derive('sweep-chain', chain),
    length: settings.sweepChainLength,
    record: {
      latest: async () => {
        const [chain] = await sweepChains(clickhouse, 1);
        return chain === undefined ? null : { chain, taken: await lastTaken(clickhouse, chain.chain) };
      },
      takers: (chain, index) => takersOf(clickhouse, chain, index),
    },
  });
  const isHere = (device: string) => hub.get(device) !== undefined && homes.isHere(device);
  const leadership = new Leadership({ self, state, clock, times, log, began: () => lead.begin() });
  const follower = new Follower({
    ...parts,
    self,
    board,
    chains,
    shared,
    times,
    isHere,
    isLed: (by) => leadership.isLeader(by),
    candidates: (sweepKind) =>
      [...hub.all()].flatMap(({ device }): [string, number][] => {
        const cards = isHere(device) ? parts.cardsFor(device, sweepKind) : 0;
        return cards > 0 ? [[device, cards]] : [];
      }),
  });
  const conductor = new Conductor({ ...parts, board, chains, shared, times, leads: () => leadership.leads });
  const lead = new Lead({
    ...parts,
    times,
    board,
    conductor,
    leadership,
    abandoned: new Abandoned({ ...parts, chains }),
  });
  return {
    get running() {
      return follower.running;
    },
    get leads() {
      return leadership.leads;
    },
    async suspects(devices, why) {
      const sweep = newSweepId(random);
      await board.asked().put(sweep, { devices: [...devices], why });
      return sweep;
    },
    async start() {
      await follower.start();
      leadership.start();
    },
    async close() {
      lead.close();
      conductor.close();
      await leadership.close();
      await follower.close();
    },
  };
}

interface LeadParts
  extends Pick<SweepsParts, 'clickhouse' | 'clock' | 'random' | 'uniform' | 'settings' | 'observe' | 'log'> {
  readonly board: SweepBoard;
  readonly conductor: Conductor;
  readonly leadership: Leadership;
  readonly abandoned: Abandoned;
  readonly times: SweepTimes;
}

/** What the leader does: one sweep after the other, as they come due or are asked for. */
class Lead {
  readonly #parts: LeadParts;
  readonly #planner: Planner;
  #working = false;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(parts: LeadParts) {
    this.#parts = parts;
    this.#planner = new Planner(parts);
  }

  begin(): void {
    if (this.#working || this.#closed) return;
    this.#working = true;
    void this.#run().finally(() => {
      this.#working = false;
    });
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async #run(): Promise<void> {
    const { clickhouse, leadership, abandoned, log } = this.#parts;
    const trying = async (work: () => Promise<void>) =>
      work().catch((error) => log.warn({ err: error }, 'a sweep could not be held'));
    await trying(async () => this.#planner.begin(await lastFleetWindowAt(clickhouse)));
    while (leadership.leads && !this.#closed) {
      await trying(() => abandoned.end());
      await trying(() => this.#next());
      await this.#pause();
    }
  }

  async #next(): Promise<void> {
    const { board, random } = this.#parts;
    for (const [sweep, { devices, why }] of await board.asked().all()) {
      await board.dropAsked(sweep);
      const named = new Set(devices);
      await this.#hold({
        sweep,
        sweepKind: 'suspects',
        why,
        may: (device) => named.has(device),
        cards: null,
      });
    }
    const due = this.#planner.take();
    if (due === null) return;
    const { sweepKind, cards } = due;
    const done = sweepKind === 'fleet' ? await this.#doneInRound() : null;
    const may = (device: string) => !done?.has(device);
    const held = await this.#hold({ sweep: newSweepId(random), sweepKind, why: '', may, cards });
    if (!held && sweepKind === 'fleet') this.#planner.roundOver();
  }

  async #doneInRound(): Promise<ReadonlySet<string>> {
    return new Set(await fleetSweptSince(this.#parts.clickhouse, this.#planner.roundSince));
  }

  /** @returns false where there was nobody to ask */
  async #hold(plan: SweepPlan): Promise<boolean> {
    const facts = await this.#parts.conductor.conduct(plan);
    for (const fact of facts ?? []) this.#parts.observe(fact);
    return facts !== null;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#timer = setTimeout(resolve, this.#parts.times.dueMs);
      if (this.#closed) resolve();
    });
  }
}
