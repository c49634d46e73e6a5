import { randomBytes } from 'node:crypto';
import { systemClock } from '../../../protocol/clock.js';
import { newFactId } from '../../../protocol/ids.js';
import type { Fact, TransitionFact } from '../../../scoring/facts/facts.js';
import { type Connection, Hub } from '../../connections/hub.js';
import type { Position } from '../../journal/cursor.js';
import { defaultOptions } from '../../options.js';
import type { HotState } from '../../state/state.js';
import type { HomeWork } from '../home-work.js';
import type { Homes } from '../homes-service.js';
import { openFleet } from '../open-homes.js';
import { homeTimes } from '../times.js';
import { type CutState, cuttable } from './cut-state.js';

const random = (length: number) => new Uint8Array(randomBytes(length));

/** Short, and long beside what a busy machine stands still. */
export const quickTimes = {
  ...homeTimes,
  deadMs: 1_500,
  renewMs: 100,
  marginMs: 300,
  askMs: 8_000,
  inheritMs: 1_800,
  lookMs: 50,
};

export const silent = { debug() {}, info() {}, warn() {}, error() {}, fatal() {}, trace() {} };

/** A verifier of which only the homes are real: a work that writes down what it is told, lines, and a journal in memory. */
export class FleetMember {
  readonly way: CutState;
  readonly hub = new Hub();
  /** What the work and the desks were told, such as `arrive a`. */
  readonly told: string[] = [];
  readonly applied: string[] = [];
  readonly closed: string[] = [];
  readonly journal: Fact[] = [];
  reloads = 0;
  devicesOnRecord = 0;
  /** Entries of the journal that are in ClickHouse; all where absent. */
  shipped = Number.POSITIVE_INFINITY;
  /** What the work does when it is told to leave. */
  onLeave: (device: string) => Promise<void> = async () => {};
  #homes: Homes | null = null;

  private constructor(way: CutState) {
    this.way = way;
  }

  /** One that still has to `join`. */
  static async open(shared: HotState, secret = 1, times = quickTimes): Promise<FleetMember> {
    const member = new FleetMember(cuttable(shared));
    member.#homes = await member.#open(secret, times);
    return member;
  }

  static async join(shared: HotState, secret = 1, times = quickTimes): Promise<FleetMember> {
    const member = await FleetMember.open(shared, secret, times);
    await member.homes.join(`http://${member.homes.self}`);
    return member;
  }

  get homes(): Homes {
    if (this.#homes === null) throw new Error('not open yet');
    return this.#homes;
  }

  /** A line of a device, as the route of the agents makes it. */
  async connect(device: string): Promise<void> {
    await this.homes.take(device);
    const connection: Connection = {
      device,
      lastSeenAt: 0,
      roundTripMs: null,
      send: () => true,
      prepare: () => () => true,
      close: (code) => this.closed.push(`${device} ${code}`),
      ping: async () => null,
      sendBytes: async () => false,
      startTransfer: () => null,
    };
    this.hub.add(connection);
    this.homes.lineUp(device);
    this.told.push(`connected ${device}`);
  }

  /** Its line breaks. */
  disconnect(device: string): void {
    const connection = this.hub.get(device);
    if (connection === undefined) return;
    this.hub.remove(connection);
    this.homes.lineDown(device);
  }

  /** Puts a fact into the journal, as the recorder does. */
  async record(device: string): Promise<TransitionFact> {
    const fact = transition(device);
    this.journal.push(fact);
    await this.homes.announce([fact]);
    return fact;
  }

  /** As SIGKILL does it, for all that others can see. */
  kill(): void {
    this.way.cut = true;
  }

  async close(): Promise<void> {
    await this.homes.close();
  }

  #open(secret: number, times: typeof quickTimes): Promise<Homes> {
    const work: HomeWork = {
      name: 'work',
      arrive: async (device) => void this.told.push(`arrive ${device}`),
      leave: async (device) => {
        await this.onLeave(device);
        this.told.push(`leave ${device}`);
      },
      lapse: async (device) => void this.told.push(`lapse ${device}`),
    };
    const position = () => ({ segment: 1, offset: this.journal.length });
    return openFleet(`ve_${randomBytes(8).toString('hex')}`, {
      options: { ...defaultOptions, dataDir: '', catalogue: { classes: [] }, redisUrl: 'redis://' },
      clock: systemClock,
      random,
      log: silent as never,
      state: this.way.state,
      hub: this.hub,
      shipper: { has: ({ offset }: { offset: number }) => offset <= this.shipped } as never,
      journal: Object.defineProperty({} as { durableEnd: Position }, 'durableEnd', { get: position }),
      secrets: { derive: () => new Uint8Array(32).fill(secret) },
      devices: () => ({ forget: () => {}, size: this.devicesOnRecord }),
      recorder: () => ({
        adopt: async (facts) => {
          this.journal.push(...facts);
          await this.homes.announce(facts);
        },
        settled: async () => {},
      }),
      desks: () => ({
        connected: (device) => void this.told.push(`connected ${device}`),
        disconnected: (device) => void this.told.push(`disconnected ${device}`),
      }),
      works: () => [work],
      followers: () => [
        {
          name: 'view',
          apply: (facts) => void this.applied.push(...facts.map(({ id }) => id)),
          reload: async () => {
            this.reloads += 1;
          },
        },
      ],
      moved: () => {},
      times,
    });
  }
}

export const transition = (device: string, at = 1): TransitionFact => ({
  kind: 'device.transition',
  id: newFactId(random),
  at,
  device,
  from: 'enrolled',
  to: 'examining',
  cause: 'examined',
  reasons: [],
  inputs: {},
  thresholds: {},
  formula: 'v1',
  evidence: [],
});
