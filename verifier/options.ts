import type { Catalogue } from '../scoring/catalogue/catalogue.js';
import { loadUnits } from '../scoring/catalogue/read-units.js';
import type { Units } from '../scoring/catalogue/units.js';
import type { DisputeTimes } from './disputes/times.js';
import type { TurnTimes } from './feeds/turn.js';
import type { HomeTimes } from './homes/times.js';
import type { NetworkSettings } from './network/settings.js';
import type { SweepTimes } from './sweeps/times.js';

/** How a verifier is run. `cli/commands/verifier.ts` fills it from the command line. */
export interface VerifierOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Journal, and ClickHouse's files where it is embedded. */
  readonly dataDir: string;
  /** A ClickHouse server or cluster; embedded in the process when null. */
  readonly clickhouse: {
    readonly url: string;
    readonly username?: string;
    readonly password?: string;
    /** Cluster of replicas on which the schema is made. */
    readonly cluster?: string;
  } | null;
  /** A Redis server that several verifiers share; memory of the process, and one verifier, when null. */
  readonly redisUrl: string | null;
  /** Directory of secrets and API keys, the same for all verifiers that share a Redis; `dataDir` when null. */
  readonly sharedDir: string | null;
  /** URL under which the other verifiers reach this one; where it listens when null. */
  readonly memberUrl: string | null;
  readonly catalogue: Catalogue;
  /** What models are paid, one relative to another. */
  readonly units: Units;
  /** `host[:port]` under which agents reach this verifier, beside loopback. */
  readonly publicHosts: readonly string[];
  /** Proxies in front whose `X-Forwarded-For` is believed. */
  readonly proxies: number;
  /** How long the first waiting device waits for others to be examined with, milliseconds. */
  readonly cohortMs: number;
  /** Seconds that the compute part of an exam should take on a card of the claimed class. */
  readonly examSeconds: number;
  /** Pages opened in the compute part. */
  readonly openings: number;
  /** Walkers opened in the memory part. */
  readonly walkerOpenings: number;
  /** Time for compiling and warming up; building a table has its own beside. */
  readonly armMs: number;
  /** Time for answering the openings. */
  readonly revealMs: number;
  /** How lines are measured, where otherwise than usual. */
  readonly network: Partial<NetworkSettings>;
  readonly pingMs: number;
  /** Mean time between the probes of a card, milliseconds. */
  readonly probeMeanMs: number;
  /** The same while it is leased. */
  readonly leaseProbeMeanMs: number;
  /** Walkers opened of a probe. */
  readonly probeOpenings: number;
  /** How long an exam at an end of a lease waits for a device that is away, milliseconds. */
  readonly leaseExamMs: number;
  /** Rest of the cards before each of the probes by which a lease's baselines are taken, milliseconds. */
  readonly leaseRestMs: number;
  /** Bytes of the table that a leased card keeps, where its class needs no more. */
  readonly ballastBytes: number;
  /** Time of one link of an offline chain on the device's own best rate, and of a whole chain, milliseconds. */
  readonly linkMs: number;
  readonly chainMs: number;
  /** How often a connected device is given a new chain, milliseconds: so much of an outage can be solved ahead. */
  readonly chainEveryMs: number;
  /** Most that is credited to a device for outages within 30 days, milliseconds. */
  readonly outageCreditMs: number;
  /** A Solana RPC whose latest block hash is a beacon for probes of leases; none when null. */
  readonly beaconRpc: string | null;
  /** Oldest version of agents that are taken from the next-but-one hour on; any when null. */
  readonly oldestAgent: string | null;
  /** How homes are kept, where otherwise than usual. */
  readonly homeTimes?: HomeTimes;
  /** How sweeps are held, where otherwise than usual. */
  readonly sweepTimes?: SweepTimes;
  /** Cards of a random sweep, how often they come, and how often the whole fleet is asked, milliseconds; none when 0. */
  readonly sweepCards: number;
  readonly sweepEveryMs: number;
  readonly fleetEveryMs: number;
  /** Cards that one window of a sweep of the whole fleet holds. */
  readonly fleetWindowCards: number;
  /** Preimages of one published hash chain. */
  readonly sweepChainLength: number;
  /** PEM files of vendors' roots that attestations may lead to; none are taken without. */
  readonly attestationRoots: readonly string[];
  /** Distinct GPUs of a class and engine that the fleet's figures need at least; nothing is learned when 0. */
  readonly learnCards: number;
  /** How claimed ids of GPUs are compared and tried, where otherwise than usual. */
  readonly disputeTimes?: DisputeTimes;
  /** How long before its begin a maintenance window is to be declared; milliseconds. */
  readonly maintenanceAheadMs: number;
  /** Most maintenance of a device within 30 days, milliseconds. */
  readonly maintenanceMs: number;
  /** Origins that pages of other sites may ask from; none by default. */
  readonly corsOrigins: readonly string[];
  /** How long a closing verifier lets exams that run come to their end, milliseconds. */
  readonly drainMs: number;
  /** Whether webhooks may go to addresses within this network. */
  readonly privateWebhooks: boolean;
  /** How verifiers take turns in delivering webhooks, where otherwise than usual. */
  readonly webhookTurn?: TurnTimes;
  /** Living connections from one address. */
  readonly connectionsPerAddress: number;
  /** Requests a minute from one address. */
  readonly requestsPerMinute: number;
  /** Enrolments an hour from one address: each new device is kept. */
  readonly enrolmentsPerHour: number;
  /** Event loop delay beyond which requests are answered `service.busy`; 0 never. */
  readonly busyAfterMs: number;
  readonly logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug';
}

export const defaultOptions: Omit<VerifierOptions, 'dataDir' | 'catalogue'> = {
  host: '127.0.0.1',
  port: 8440,
  clickhouse: null,
  redisUrl: null,
  sharedDir: null,
  memberUrl: null,
  publicHosts: [],
  proxies: 0,
  cohortMs: 5_000,
  examSeconds: 2,
  openings: 32,
  walkerOpenings: 16,
  armMs: 60_000,
  revealMs: 15_000,
  network: {},
  pingMs: 10_000,
  probeMeanMs: 10 * 60_000,
  leaseProbeMeanMs: 3 * 60_000,
  probeOpenings: 4,
  leaseExamMs: 30 * 60_000,
  leaseRestMs: 20_000,
  ballastBytes: 256 * 2 ** 20,
  linkMs: 60_000,
  chainMs: 6 * 3600_000,
  chainEveryMs: 60_000,
  outageCreditMs: 36 * 3600_000,
  beaconRpc: null,
  oldestAgent: null,
  sweepCards: 2_000,
  sweepEveryMs: 3600_000,
  fleetEveryMs: 24 * 3600_000,
  fleetWindowCards: 2_000,
  sweepChainLength: 10_000,
  units: loadUnits(),
  attestationRoots: [],
  learnCards: 30,
  maintenanceAheadMs: 35 * 60_000,
  maintenanceMs: 12 * 3600_000,
  corsOrigins: [],
  drainMs: 20_000,
  privateWebhooks: false,
  connectionsPerAddress: 2_000,
  requestsPerMinute: 600,
  enrolmentsPerHour: 2_000,
  busyAfterMs: 2_000,
  logLevel: 'info',
};
