import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import { VerifierApi } from '../../../agent/connection/api.js';
import type { SupplierEvent } from '../../../agent/connection/events.js';
import { runSupplier, type SupplierOptions } from '../../../agent/connection/supplier.js';
import type { CardProver } from '../../../agent/exam/prover.js';
import { identityOf } from '../../../agent/identity.js';
import { uniformFrom } from '../../../protocol/testing/uniform.js';
import { openClickHouse } from '../../../scoring/storage/clickhouse.js';
import { ClickHouseServer } from '../../../scoring/testing/clickhouse-server.js';
import { enginesOn, proverOn } from '../../../simulator/card.js';
import { fasterBy, SimulatedChip } from '../../../simulator/chip.js';
import { claimGpu } from '../../../simulator/claims.js';
import { type HostEngines, startHostEngines } from '../../../simulator/host/host-engines.js';
import { scaledCatalogue } from '../../../simulator/scaled-catalogue.js';
import type { DeviceDocument } from '../../../verifier/documents/schemas.js';
import { type HomeTimes, homeTimes } from '../../../verifier/homes/times.js';
import { RedisServer } from '../../../verifier/state/testing/redis-server.js';
import { Balancer } from './balancer.js';
import { type FleetOptions, FleetVerifier, freePorts } from './fleet-verifier.js';

/** Soon enough for a test; a verifier that stands still for a second is not dead. */
const times: HomeTimes = {
  ...homeTimes,
  deadMs: 4_000,
  renewMs: 500,
  marginMs: 1_000,
  askMs: 10_000,
  inheritMs: 5_000,
  lookMs: 200,
};

/** A supplier, and what its agent was told. */
export class FleetDevice {
  readonly device: string;
  readonly events: SupplierEvent[] = [];
  readonly #api: VerifierApi;

  constructor(device: string, url: URL) {
    this.device = device;
    this.#api = new VerifierApi(url);
  }

  of<T extends SupplierEvent['type']>(type: T): Extract<SupplierEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<SupplierEvent, { type: T }> => event.type === type);
  }

  async document(): Promise<DeviceDocument | null> {
    try {
      return JSON.parse(await this.#api.device(this.device)) as DeviceDocument;
    } catch {
      return null;
    }
  }

  /** Its status, and where it is rejected its reasons. */
  async standing(): Promise<string> {
    const document = await this.document();
    if (document?.status !== 'rejected') return document?.status ?? 'unknown';
    return `rejected: ${document.reasons.map(({ code }) => code).join()}`;
  }

  async status(): Promise<string> {
    return (await this.document())?.status ?? 'unknown';
  }
}

/** Several verifiers over one Redis and one ClickHouse, behind one address. */
export class Fleet {
  readonly redis: RedisServer;
  readonly clickhouse: ClickHouseServer;
  readonly balancer: Balancer;
  /** Another way to the same verifiers, for one who chooses among them. */
  readonly way: Balancer;
  readonly verifiers: readonly FleetVerifier[];
  readonly world = scaledCatalogue();
  readonly #host: HostEngines = startHostEngines();
  readonly sharedDir: string;
  readonly #end = new AbortController();
  readonly #running: Promise<void>[] = [];
  readonly #record: ClickHouseClient;

  private constructor(
    parts: Pick<Fleet, 'redis' | 'clickhouse' | 'balancer' | 'way' | 'verifiers'> & {
      readonly sharedDir: string;
      readonly record: ClickHouseClient;
    },
  ) {
    this.redis = parts.redis;
    this.clickhouse = parts.clickhouse;
    this.balancer = parts.balancer;
    this.way = parts.way;
    this.verifiers = parts.verifiers;
    this.sharedDir = parts.sharedDir;
    this.#record = parts.record;
    setMaxListeners(0, this.#end.signal);
  }

  static async open(count: number, seed: number, options: FleetOptions = {}): Promise<Fleet> {
    const [redis, ports] = [await RedisServer.start(), await freePorts(count)];
    const clickhouse = new ClickHouseServer();
    const url = await clickhouse.start();
    const sharedDir = mkdtempSync(join(tmpdir(), 'touchstone-shared-'));
    const balancer = await Balancer.open(ports, uniformFrom(seed));
    const way = await Balancer.open(ports, () => 0);
    const all: FleetOptions = {
      redisUrl: redis.url,
      clickhouse: { url },
      sharedDir,
      // Whoever asks one of them may be answered by another.
      publicHosts: [balancer.host, way.host, ...ports.map((port) => `127.0.0.1:${port}`)],
      homeTimes: times,
      cohortMs: 200,
      examSeconds: 0.3,
      network: { roundTrips: 3, transferBytes: 64 * 1024, reportBytes: 16 * 1024 },
      probeMeanMs: 3600_000,
      sweepEveryMs: 0,
      fleetEveryMs: 0,
      drainMs: 5_000,
      logLevel: 'warn',
      ...options,
    };
    // The first alone: it makes the secrets and the tables.
    const [first = 0, ...others] = ports;
    const verifiers = [await FleetVerifier.at(first, all)];
    verifiers.push(...(await Promise.all(others.map((port) => FleetVerifier.at(port, all)))));
    const record = await openClickHouse({ url });
    return new Fleet({ redis, clickhouse, balancer, way, verifiers, sharedDir, record });
  }

  /** An honest card that has time to spare: on a busy machine the simulation is late. */
  honest(): CardProver {
    const usual = fasterBy(this.world.chip('RTX 4090'), 1.5);
    const chip = new SimulatedChip({ ...usual, tableOpsPerSecond: 8 * usual.tableOpsPerSecond });
    const tenant = chip.tenant();
    return proverOn(tenant, enginesOn(tenant, this.#host));
  }

  /** A card whose engines a cheat has changed. */
  card(change: (engines: ReturnType<typeof enginesOn>) => ReturnType<typeof enginesOn>): CardProver {
    const usual = fasterBy(this.world.chip('RTX 4090'), 1.5);
    const tenant = new SimulatedChip({ ...usual, tableOpsPerSecond: 8 * usual.tableOpsPerSecond }).tenant();
    return proverOn(tenant, change(enginesOn(tenant, this.#host)));
  }

  /** Starts the agent of a device. @param run the real one where absent */
  enter(
    name: string,
    prover = this.honest(),
    run: (options: SupplierOptions) => Promise<void> = runSupplier,
  ): FleetDevice {
    const identity = identityOf(randomBytes(32));
    const entered = new FleetDevice(identity.device, this.balancer.url);
    const claim = claimGpu(this.world.claimed('RTX 4090'), randomBytes);
    this.#running.push(
      run({
        verifier: this.balancer.url,
        identity,
        name,
        cards: [{ claim, prover, load: async () => 0 }],
        signal: this.#end.signal,
        events: (event) => entered.events.push(event),
        backoff: { baseMs: 50, capMs: 500 },
      }),
    );
    return entered;
  }

  /** The same on the way of one who chooses among the verifiers. */
  enterBy(way: Balancer, name: string, prover = this.honest()): FleetDevice {
    return this.enter(name, prover, (options) => runSupplier({ ...options, verifier: way.url }));
  }

  /** The verifier of an address. */
  at(url: string): FleetVerifier {
    const found = this.verifiers.find((verifier) => verifier.url === url);
    if (found === undefined) throw new RangeError(`no verifier at ${url}`);
    return found;
  }

  /** Rows of the record. */
  async rows<T>(query: string): Promise<T[]> {
    const result = await this.#record.query({ query, format: 'JSONEachRow' });
    return result.json<T>();
  }

  async close(): Promise<void> {
    this.#end.abort();
    await Promise.allSettled(this.#running);
    await this.#record.close();
    for (const verifier of this.verifiers) await verifier.close();
    for (const balancer of [this.balancer, this.way]) await balancer.close();
    await this.#host.close();
    await this.clickhouse.close();
    await this.redis.stop();
    rmSync(this.sharedDir, { recursive: true, force: true });
  }
}
