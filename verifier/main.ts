import { randomBytes, randomInt } from 'node:crypto';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { type Logger, pino } from 'pino';
import { drawOpenings } from '../challenges/compute/openings.js';
import { drawWalkers } from '../challenges/memory/openings.js';
import { fromHex } from '../protocol/bytes.js';
import { systemClock } from '../protocol/clock.js';
import { TouchstoneError } from '../protocol/error.js';
import type { CardMessage } from '../protocol/messages/exam.js';
import { loadDevices } from '../scoring/queries/devices.js';
import { examHistory, examOutcomes } from '../scoring/queries/exams.js';
import { insertFacts } from '../scoring/queries/insert-facts.js';
import { latestNetwork } from '../scoring/queries/network.js';
import { openClickHouse } from '../scoring/storage/clickhouse.js';
import { migrate } from '../scoring/storage/migrate.js';
import { isRefusal } from '../scoring/storage/refusal.js';
import { buildApp } from './app.js';
import type { Desk } from './connections/desk.js';
import { Desks } from './connections/desks.js';
import { Hub } from './connections/hub.js';
import { Devices } from './devices/devices.js';
import { Recorder } from './devices/recorder.js';
import { Serial } from './devices/serial.js';
import { makeConclude } from './exams/conclude.js';
import { Examiner } from './exams/examiner.js';
import { LoopLag } from './exams/loop-lag.js';
import type { RoomOptions } from './exams/room.js';
import { assertReachable, ownHosts } from './identity/host.js';
import { Nonces } from './identity/nonces.js';
import { Sessions } from './identity/sessions.js';
import { Journal } from './journal/journal.js';
import { Shipper } from './journal/shipper.js';
import { Metrics } from './metrics.js';
import { NetworkExams } from './network/network-exams.js';
import type { VerifierOptions } from './options.js';
import { startPresence } from './presence/presence.js';
import { ProofPool } from './proofs/pool.js';
import { Secrets } from './secrets/secrets.js';
import type { Services } from './services.js';
import { MemoryState } from './state/memory.js';
import type { HotState } from './state/state.js';
import { openTimelock, type Timelock } from './timelock.js';

/** Exams of a device that are read back in full; the last of each of its cards is among them. */
const historyLength = 256;
/** A commit may take this many times what a usual card of the class takes: so slow a card gets a figure, not silence. */
const commitTimes = 10;
const commitAtLeastMs = 10_000;

/** Requests in flight have this long to end when the verifier closes. */
const closeMs = 3_000;

export interface RunningVerifier {
  /** Where it listens, such as http://127.0.0.1:8440 */
  readonly url: string;
  /** Stops taking work, ships what it can, lets go of everything. */
  close(): Promise<void>;
}

/** Wires a verifier and lets it listen. This is the only place that knows all parts. */
export async function startVerifier(options: VerifierOptions): Promise<RunningVerifier> {
  assertReachable(options.host, options.publicHosts);
  const log = pino({ level: options.logLevel });
  const clock = systemClock;
  const random = (length: number) => new Uint8Array(randomBytes(length));
  const uniform = () => randomInt(2 ** 47) / 2 ** 47;

  // The journal first: it is what keeps two verifiers from one directory.
  const journal = await Journal.open({ directory: join(options.dataDir, 'journal') });
  const secrets = await Secrets.open(options.dataDir);
  const clickhouse = await openClickHouse(
    options.clickhouse ?? { dataDir: join(options.dataDir, 'clickhouse') },
  );
  await migrate(clickhouse);
  const shipper = await Shipper.open({
    journal,
    insert: (facts, token) => insertFacts(clickhouse, facts, token),
    isRefusal,
    onRefused: (fact, error) =>
      log.error({ err: error, fact: fact.id }, 'ClickHouse can never take this fact'),
    onError: (error) => log.error({ err: error }, 'ClickHouse takes no facts: they wait in the journal'),
  });
  // What was acknowledged before a crash must be in the record before the record is read.
  await shipper.drain();
  const devices = new Devices(await loadDevices(clickhouse), {
    outcomes: (device) => examOutcomes(clickhouse, device),
    exams: (device) => examHistory(clickhouse, device, historyLength),
    network: (device) => latestNetwork(clickhouse, device),
  });

  const commitMs = Math.max(commitAtLeastMs, options.examSeconds * 1000 * commitTimes);
  const hub = new Hub();
  const recorder = new Recorder(journal, devices);
  const serial = new Serial();
  const lag = new LoopLag(clock);
  const proofs = new ProofPool({ onError: (error) => log.error({ err: error }, 'a proof worker died') });
  const state = await openState(options.redisUrl, (error) => log.warn({ err: error }, 'Redis is away'));
  const metrics: Metrics = new Metrics({
    connectedAgents: () => hub.size,
    runningExams: () => examiner.rooms,
    runningProbes: () => timelock.runningProbes,
    waitingProofs: () => proofs.waiting,
    journalLagBytes: () => shipper.lagBytes,
    clickhouseHealthy: () => shipper.healthy,
  });
  const network = new NetworkExams({
    hub,
    clock,
    random,
    observe: (measured, device) => {
      metrics.lineMeasured(measured);
      log.info({ device, measured }, 'line measured');
    },
    log,
    settings: options.network,
  });
  const examiner: Examiner = new Examiner({
    clock,
    random,
    uniform,
    catalogue: options.catalogue,
    hub,
    devices,
    recorder,
    serial,
    check: checkWith(proofs),
    draw: {
      compute: (shape) => drawOpenings(shape, options.openings, randomInt),
      memory: (shape) => drawWalkers(shape, options.walkerOpenings, randomInt),
    },
    measureNetwork: (device, exam) => network.measure(device, exam),
    lagBetween: (from, to) => lag.longestBetween(from, to),
    conclude: makeConclude({
      clock,
      random,
      devices,
      recorder,
      hub,
      commitMs,
      observe: (exam) => {
        metrics.examined(exam);
        const { device, card, outcome, reasons, gflops, memory } = exam;
        const { bandwidthGBps = null } = memory ?? {};
        log.info({ exam: exam.exam, device, card, outcome, reasons, gflops, bandwidthGBps }, 'exam finished');
      },
    }),
    whenShown: (device, then) => timelock.whenShown(device, then),
    concluded: (device, facts) => timelock.concluded(device, facts),
    cohortMs: options.cohortMs,
    examSeconds: options.examSeconds,
    times: {
      armMs: options.armMs,
      revealMs: options.revealMs,
      commitMs,
    },
    log,
  });
  const timelock: Timelock = await openTimelock({
    options,
    clock,
    random,
    uniform,
    log,
    clickhouse,
    journal,
    shipper,
    devices,
    recorder,
    serial,
    hub,
    examiner,
    metrics,
    lag,
    proofs,
    secrets,
  });
  const { tables, probes, offline, residents, leasing } = timelock;
  const desks = new Desks({ exams: examsDesk(examiner, timelock, hub, log), tables, probes, offline });
  let own: ReadonlySet<string> = new Set();
  const services: Services = {
    options,
    ownHosts: () => own,
    clock,
    random,
    log,
    clickhouse,
    shipper,
    devices,
    recorder,
    serial,
    hub,
    state,
    nonces: new Nonces(state, random, clock),
    sessions: new Sessions(state, random, clock),
    desks,
    examiner,
    residents,
    leasing,
    leases: leasing.leases,
    signing: secrets.signing,
    metrics,
  };
  await leasing.leases.start();
  const app = await buildApp(services);
  const url = await listen(app, options);
  own = ownHosts({ host: options.host, port: Number(new URL(url).port) }, options.publicHosts);
  shipper.start();
  const stopPresence = startPresence({ verifier: url, hub, devices, recorder, clock, random, uniform, log });

  return {
    url,
    async close() {
      stopPresence();
      leasing.leases.close();
      desks.close();
      lag.close();
      for (const connection of [...hub.all()]) connection.close('session.ended');
      await closeWithin(app, closeMs);
      await leasing.keys.close();
      await shipper.stop();
      // What is left when ClickHouse is away waits in the journal for the next start.
      await shipper.drain().catch((error) => log.warn({ err: error }, 'facts wait in the journal'));
      await journal.close();
      await proofs.close();
      await timelock.close();
      await state.close();
      await clickhouse.close();
    },
  };
}

function examsDesk(examiner: Examiner, timelock: Timelock, hub: Hub, log: Logger): Desk<CardMessage> {
  return {
    connected(device) {
      const begin = () =>
        void examiner.connected(device).catch((error) => {
          log.error({ err: error, device }, 'a connected device could not be taken up');
          hub.get(device)?.close('session.ended');
        });
      if (examiner.examining(device)) begin();
      else timelock.whenShown(device, begin);
    },
    disconnected: (device) => examiner.disconnected(device),
    receive: (device, message, at) => examiner.receive(device, message, at),
    close: () => examiner.close(),
  };
}

/** @throws TouchstoneError `verifier.cannot-listen` */
async function listen(app: FastifyInstance, { host, port }: VerifierOptions): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (cause) {
    throw new TouchstoneError('verifier.cannot-listen', `Cannot listen on ${host}:${port}.`, {}, { cause });
  }
}

/** Closes the HTTP side; whoever still holds a connection after a while is cut off. */
async function closeWithin(app: FastifyInstance, ms: number): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), ms);
  await app.close();
  clearTimeout(timer);
}

const checkWith =
  (proofs: ProofPool): RoomOptions['check'] =>
  (commitment, reveals) => {
    const roots = commitment.roots.map(fromHex);
    const seed = fromHex(commitment.seed);
    if (commitment.part === 'compute') {
      const { part, shape, openings } = commitment;
      return proofs.check({ part, shape, seed, roots, openings, reveals });
    }
    const { part, shape, openings } = commitment;
    const tableSeed = fromHex(commitment.tableSeed);
    return proofs.check({ part, shape, tableSeed, walkSeed: seed, roots, openings, reveals });
  };

async function openState(redisUrl: string | null, onError: (error: Error) => void): Promise<HotState> {
  if (redisUrl === null) return new MemoryState(systemClock);
  const { RedisState } = await import('./state/redis.js');
  return new RedisState(redisUrl, onError);
}
