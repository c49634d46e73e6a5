import { randomInt } from 'node:crypto';
import { drawWalkers } from '../challenges/memory/openings.js';
import { TouchstoneError } from '../protocol/error.js';
import { hourTranscript } from '../protocol/ids.js';
import type { BeaconValue } from '../protocol/messages/receipt.js';
import { ballastShapeFor } from '../scoring/catalogue/ballast-shape.js';
import type { ExamFact } from '../scoring/facts/facts.js';
import { oursBetween } from '../scoring/queries/ours.js';
import { bestSquaringRate, creditedSince } from '../scoring/queries/outages.js';
import { lastMinuteSeen } from '../scoring/queries/presence.js';
import { latestTables } from '../scoring/queries/tables.js';
import { probesOf, transcriptHead } from '../scoring/queries/timelock.js';
import type { LoopLag } from './exams/loop-lag.js';
import type { Journal } from './journal/journal.js';
import { type Leasing, openLeasing } from './leases/leasing.js';
import type { ReadyParts } from './leases/ready.js';
import { type Shipping, settled } from './leases/settled.js';
import { ChainPool } from './offline/chain-pool.js';
import { OfflineDesk } from './offline/desk.js';
import type { SavedReports } from './offline/reports.js';
import { Preparations } from './probes/preparations.js';
import { Prober } from './probes/prober.js';
import type { SavedProbings } from './probes/prober-options.js';
import { type SavedHead, Transcripts } from './probes/transcripts.js';
import type { ProofPool } from './proofs/pool.js';
import type { Secrets } from './secrets/secrets.js';
import type { Services } from './services.js';
import { Saved } from './state/saved.js';
import { keepsTables, LostTables } from './tables/lost-tables.js';
import { Residents, type SavedTables } from './tables/residents.js';
import { TableOrders } from './tables/table-orders.js';

/** Squaring rates of so long ago count. */
const ratesMs = 30 * 24 * 3600_000;

/** What a verifier leaves to the next home of a device waits so long for it. */
const leftMs = 7 * 24 * 3600_000;

/** What the time-lock is made of. */
export interface TimelockParts
  extends Pick<
    Services,
    | 'options'
    | 'clock'
    | 'random'
    | 'log'
    | 'clickhouse'
    | 'shipper'
    | 'devices'
    | 'recorder'
    | 'serial'
    | 'hub'
    | 'examiner'
    | 'metrics'
    | 'state'
  > {
  /** In [0, 1). */
  readonly uniform: () => number;
  readonly journal: Journal;
  readonly lag: LoopLag;
  readonly proofs: ProofPool;
  readonly secrets: Secrets;
  /** The latest beacon; null where none is configured or it is away. */
  readonly beacon: () => Promise<BeaconValue | null>;
  /** Whether this verifier may act for a device. */
  readonly isHere: (device: string) => boolean;
  /** Nothing is begun for the device at present. */
  readonly paused: (device: string) => boolean;
  readonly maintenance: ReadyParts['maintenance'];
}

/** Tables that are kept, probes on them, outages, leases: the verifier's side of docs/protocol.md section 4, wired. */
export interface Timelock {
  readonly tables: TableOrders;
  readonly probes: Prober;
  readonly offline: OfflineDesk;
  readonly residents: Residents;
  readonly transcripts: Transcripts;
  readonly lost: LostTables;
  readonly leasing: Leasing;
  /** An exam is on record. */
  concluded(device: string, facts: readonly ExamFact[]): void;
  /** Calls back when the device has shown its outage, or has none to show: an exam before would end its tables. */
  whenShown(device: string, then: () => void): void;
  readonly runningProbes: number;
  /** After the desks were closed. */
  close(): Promise<void>;
}

export function openTimelock(parts: TimelockParts): Timelock {
  const { options, clock, log, clickhouse, devices, hub, examiner, secrets, journal, shipper } = parts;
  // Alone, a verifier leaves nothing to others.
  const shared = options.redisUrl === null ? null : parts.state;
  const saved = <T>(name: string) => new Saved<T>({ state: shared, name, ttlMs: leftMs, log });
  const shipping: Shipping = { end: () => journal.durableEnd, has: (place) => shipper.has(place) };
  const times = { examSeconds: options.examSeconds, armMs: options.armMs };
  const keyOf = (device: string, transcript: string) => secrets.derive('probe', `${device}/${transcript}`);
  const residents = new Residents({
    history: (device) => devices.history(device),
    tables: (device) => latestTables(clickhouse, device),
    clock,
    saved: saved<SavedTables>('tables'),
  });
  const observe = (fact: Parameters<typeof parts.metrics.tableBuilt>[0]) => parts.metrics.tableBuilt(fact);
  const orders = new TableOrders({ ...parts, residents, observe });
  const transcripts = new Transcripts({
    recorded: async (device, card, transcript) => {
      if (!(await settled(shipping))) throw new TouchstoneError('service.storage-unavailable');
      return transcriptHead(clickhouse, device, card, transcript);
    },
    saved: saved<SavedHead>('head'),
    current: (device) => leasing.leases.transcriptOf(device) ?? hourTranscript(clock.now()),
  });
  const chains = new ChainPool({
    factors: secrets.trapdoor.factors,
    onError: (error) => log.error({ err: error }, 'the chain worker died'),
  });
  const offline = openOffline(
    { ...parts, saved: saved<SavedReports>('outage') },
    residents,
    transcripts,
    chains,
    () => prober,
  );
  const lost = new LostTables({
    devices,
    catalogue: options.catalogue,
    orders,
    leaseOf: (device) => leasing.leases.of(device)?.id ?? null,
    clock,
    times,
    log,
  });
  const prober: Prober = new Prober({
    ...parts,
    residents,
    transcripts,
    lost,
    saved: saved<SavedProbings>('probing'),
    preparations: new Preparations({
      clock,
      catalogue: options.catalogue,
      devices,
      residents,
      probes: (device, since) => probesOf(clickhouse, device, since),
    }),
    draw: (shape) => drawWalkers(shape, options.probeOpenings, randomInt),
    check: (walk) => parts.proofs.check({ part: 'memory', ...walk }, 'proven'),
    lagBetween: (from, to) => parts.lag.longestBetween(from, to),
    keyOf,
    beacon: parts.beacon,
    leaseOf: (device) => leasing.leases.transcriptOf(device),
    examining: (device) => examiner.examining(device),
    busy: (device) => orders.busy(device) || offline.unshown(device) || parts.paused(device),
    soon: (device) => examiner.soon(device),
    observe: (probe) => {
      parts.metrics.probed(probe);
      const { device, card, transcript, index, outcome, code, elapsedMs, deadlineMs } = probe;
      log.debug({ device, card, transcript, index, outcome, code, elapsedMs, deadlineMs }, 'probe finished');
    },
    revealMs: options.revealMs,
    meanMs: options.probeMeanMs,
    leaseMeanMs: options.leaseProbeMeanMs,
    linkMs: options.linkMs,
  });
  const leasing: Leasing = openLeasing({
    ...parts,
    state: shared,
    residents,
    orders,
    transcripts,
    keyOf,
    endExamMs: options.leaseExamMs,
    restMs: options.leaseRestMs,
    leaseMeanMs: options.leaseProbeMeanMs,
    derive: (purpose, id) => secrets.derive(purpose, id),
    signing: secrets.signing,
    shipping,
    ballast: {
      catalogue: options.catalogue,
      historyOf: (device) => devices.knownHistory(device),
      ballastBytes: options.ballastBytes,
      times,
      shapeFor: ballastShapeFor,
    },
    probeNow: (device, card) => prober.probeNow(device, card),
    replan: (device) => prober.replan(device),
    observe: ({ lease, device, from, to, reasons }) =>
      log.info({ lease, device, from, to, reasons }, 'lease moved'),
  });
  return {
    tables: orders,
    probes: prober,
    offline,
    residents,
    transcripts,
    lost,
    leasing,
    concluded(device, facts) {
      residents.concluded(device, facts, hub.get(device) !== undefined);
      orders.cancel(device);
      prober.replan(device);
      const passed = facts.length > 0 && facts.every(({ outcome }) => outcome === 'passed');
      if (passed) offline.examined(device);
    },
    whenShown: (device, then) => offline.whenShown(device, then),
    get runningProbes() {
      return prober.running;
    },
    close: () => chains.close(),
  };
}

function openOffline(
  parts: TimelockParts & { readonly saved: Saved<SavedReports> },
  residents: Residents,
  transcripts: Transcripts,
  chains: ChainPool,
  prober: () => Prober,
): OfflineDesk {
  const { options, clock, log, clickhouse, devices, examiner, secrets } = parts;
  return new OfflineDesk({
    ...parts,
    modulus: secrets.trapdoor.modulus,
    mac: (text) => secrets.derive('offline-chain', text),
    solve: (job) => chains.solve(job),
    checkWalk: (walk) => parts.proofs.check({ part: 'memory', ...walk }, 'proven'),
    tablesOf: async (device) => {
      const status = devices.get(device)?.status;
      return status !== undefined && keepsTables(status) ? residents.of(device) : [];
    },
    openEntry: (device, card) => transcripts.open(device, card),
    bestRate: (device) => bestSquaringRate(clickhouse, device, clock.now() - ratesMs),
    lastMinuteSeen: (device) => lastMinuteSeen(clickhouse, device),
    creditedSince: (device, since) => creditedSince(clickhouse, device, since),
    oursBetween: (from, to) => oursBetween(clickhouse, from, to),
    busy: (device) => examiner.examining(device),
    suspect: (device) => examiner.soon(device),
    settled: (device) => prober().settled(device),
    observe(outage) {
      prober().outageShown(outage);
      const { device, code, links, from, to, cards } = outage;
      log.info({ device, code, links, outageMs: to - from, cards }, 'outage shown');
    },
    settings: options,
  });
}
