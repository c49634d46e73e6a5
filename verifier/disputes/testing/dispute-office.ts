import { createHash } from 'node:crypto';
import type { ClickHouseClient } from '@clickhouse/client';
import type { Fact } from '../../../scoring/facts/facts.js';
import { loadDevices } from '../../../scoring/queries/devices.js';
import { insertFacts } from '../../../scoring/queries/insert-facts.js';
import { deviceId, enrolled, exam, memoryPart, nextId, transition } from '../../../scoring/testing/facts.js';
import { sweepFinished, sweepMember } from '../../../scoring/testing/sweep-facts.js';
import type { Connection } from '../../connections/hub.js';
import { Devices } from '../../devices/devices.js';
import { Serial } from '../../devices/serial.js';
import { Pepper } from '../../hardware/pepper.js';
import { MemoryState } from '../../state/memory.js';
import { type Disputes, openDisputes } from '../open-disputes.js';
import type { DisputeTimes } from '../times.js';

export const hour = 3600_000;
export const times: DisputeTimes = {
  scanMs: 60_000,
  trialMs: hour,
  againMs: 24 * hour,
  lapseMs: 7 * 24 * hour,
};

/** How one card did in a sweep: passed with the others, was let go and did not, was never let go. */
export type Did = 'passed' | 'failed' | 'late';

/**
 * Verifiers as far as disputes see them: a real record and a real hot state, devices that are where a test says. Time is what the
 * test says; nobody looks by himself.
 */
export class DisputeOffice {
  now = Date.now() - 100 * hour;
  readonly clock = { now: () => this.now, monotonic: () => this.now };
  state = new MemoryState(this.clock);
  readonly facts: Fact[] = [];
  readonly asked: { readonly devices: readonly string[]; readonly why: string }[] = [];
  readonly condemned: string[] = [];
  /** Devices that are connected; of those whether they could be examined now. */
  readonly here = new Map<string, boolean>();
  readonly leased = new Set<string>();
  /** Told before each record: a test can let it fail, as if the verifier had been killed there. */
  beforeRecord: (facts: readonly Fact[]) => void = () => {};
  afterRecord: (facts: readonly Fact[]) => void = () => {};
  recordAway = false;
  readonly #client: ClickHouseClient;
  readonly #verifiers: { readonly devices: Devices; readonly disputes: () => Disputes }[] = [];
  #batch = 0;
  readonly #name = nextId('office');

  constructor(client: ClickHouseClient) {
    this.#client = client;
  }

  /** A verifier that starts now. */
  async verifier(leads = true): Promise<Disputes> {
    const devices = new Devices(await loadDevices(this.#client), {
      outcomes: async () => [],
      exams: async () => [],
      network: async () => null,
    });
    const { clock } = this;
    const clickhouse: ClickHouseClient = new Proxy(this.#client, {
      get: (target, name, receiver) =>
        name !== 'query'
          ? Reflect.get(target, name, receiver)
          : (given: Parameters<ClickHouseClient['query']>[0]) =>
              this.recordAway ? Promise.reject(new Error('away')) : target.query(given),
    });
    const disputes: Disputes = await openDisputes({
      clickhouse,
      clock,
      devices,
      recorder: { record: (facts) => this.record(...facts) },
      serial: new Serial(),
      homes: { isHere: (device) => this.here.has(device) },
      hub: { get: (device) => (this.here.has(device) ? ({ device } as Connection) : undefined) },
      state: { get: (key) => this.state.get(key), put: (...entry) => this.state.put(...entry) },
      sweeps: () => ({
        leads,
        suspects: async (asked, why) => {
          this.asked.push({ devices: asked, why });
          return nextId('sw');
        },
      }),
      pepper: office.pepper,
      isLeased: (device) => this.leased.has(device),
      isReady: (device) => this.here.get(device) === true,
      condemned: (device) => this.condemned.push(device),
      uniform: () => 0.999,
      times,
      log: { info: () => {}, warn: () => {} },
    });
    this.#verifiers.push({ devices, disputes: () => disputes });
    return disputes;
  }

  /** Puts facts on record and tells all verifiers. */
  async record(...facts: readonly Fact[]): Promise<void> {
    this.beforeRecord(facts);
    this.facts.push(...facts);
    await insertFacts(this.#client, facts, `${this.#name}/${this.#batch++}`);
    for (const { devices, disputes } of this.#verifiers) {
      await devices.apply(facts);
      disputes().apply(facts);
    }
    this.afterRecord(facts);
  }

  /** A device that claims an id and is verified, after the one before it. @param hardwareId as it stands on record */
  async verified(
    name: string,
    hardwareId: string,
    options: { wallet?: string; connected?: boolean } = {},
  ): Promise<string> {
    const device = deviceId(`${this.#name}/${name}`);
    const { wallet, connected = true } = options;
    this.now += 60_000;
    await this.record(
      this.#claim(device, hardwareId, wallet),
      transition(device, this.now + 1, 'enrolled', 'examining'),
      exam(device, this.now + 1000),
      transition(device, this.now + 1001, 'examining', 'verified'),
    );
    this.now += 2000;
    if (connected) this.here.set(device, true);
    return device;
  }

  claim(device: string, hardwareId: string): Promise<void> {
    return this.record(this.#claim(device, hardwareId));
  }

  #claim(device: string, hardwareId: string, wallet?: string): Fact {
    const card = { kind: 'gpu', model: 'Some GPU', memoryBytes: 1, engine: 'webgpu', hardwareId } as const;
    return {
      ...enrolled(device, this.now),
      cards: [card],
      ...(wallet !== undefined && { wallet }),
    };
  }

  /** A sweep of these devices is over and on record. */
  async swept(did: Readonly<Record<string, Did>>): Promise<string> {
    this.now += hour;
    const sweep = nextId('sw');
    const memory = { ...memoryPart, attempts: 1 };
    const exams = Object.entries(did).map(([device, how]) =>
      exam(device, this.now + 1000, { sweep, ...(how === 'failed' ? { outcome: 'failed' } : { memory }) }),
    );
    const members = exams.map(({ device, exam: of }) => ({
      ...sweepMember(device, of),
      ...(did[device] === 'late' && { computeGoMs: null, memoryGoMs: null }),
    }));
    await this.record(...exams, sweepFinished(sweep, this.now + 2000, { startedAt: this.now, members }));
    this.now += 3000;
    return sweep;
  }

  /** Facts of disputes that were recorded, each once. */
  get moves() {
    const moves = this.facts.flatMap((fact) => (fact.kind === 'dispute.moved' ? [fact] : []));
    return [...new Map(moves.map((move) => [move.id, move])).values()];
  }
}

const secret = (name: string) => new Uint8Array(createHash('sha256').update(name).digest());
export const office = { pepper: new Pepper(secret('pepper'), secret('network')) };
