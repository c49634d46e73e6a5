import { randomBytes, randomInt } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { systemClock } from '../protocol/clock.js';
import { TouchstoneError } from '../protocol/error.js';
import type { CardMessage } from '../protocol/messages/exam.js';
import { announcedVersions } from '../scoring/queries/agent-versions.js';
import { loadDevices } from '../scoring/queries/devices.js';
import { examHistory, examOutcomes } from '../scoring/queries/exams.js';
import { latestNetwork } from '../scoring/queries/network.js';
import { openAccess } from './access/access.js';
import { buildApp } from './app.js';
import { openAttestation } from './attestation/open-attestation.js';
import { SolanaBeacon } from './beacon/solana.js';
import { openCatalogue, openLearning } from './catalogue/open-learning.js';
import type { Desk } from './connections/desk.js';
import { Desks } from './connections/desks.js';
import { Hub } from './connections/hub.js';
import { Devices } from './devices/devices.js';
import { Recorder } from './devices/recorder.js';
import { Serial } from './devices/serial.js';
import { openDisputing } from './disputing.js';
import { openEdge } from './edge/edge.js';
import { openLog } from './edge/logging.js';
import { openExaminer } from './examining.js';
import type { Examiner } from './exams/examiner.js';
import { LoopLag } from './exams/loop-lag.js';
import { openFeeds } from './feeds/feeds.js';
import { followFleet } from './following.js';
import { openHardware } from './hardware/open-hardware.js';
import { Suspicions } from './hardware/suspicions.js';
import { homeWork } from './home-works.js';
import { linesOf } from './homes/lines.js';
import { openHomes } from './homes/open-homes.js';
import { AgentVersions } from './identity/agent-versions.js';
import { assertReachable, ownHosts } from './identity/host.js';
import { Nonces } from './identity/nonces.js';
import { Sessions } from './identity/sessions.js';
import { Adoption } from './leases/adoption.js';
import { openMaintenance } from './maintenance/open-maintenance.js';
import { Metrics } from './metrics.js';
import type { VerifierOptions } from './options.js';
import { creditMove } from './presence/credit.js';
import { startPresence } from './presence/presence.js';
import { ProofPool } from './proofs/pool.js';
import { openRecord } from './record.js';
import { Secrets } from './secrets/secrets.js';
import type { Services } from './services.js';
import { openState } from './state/open-state.js';
import { openSweeping } from './sweeping.js';
import { PublishedSweeps } from './sweeps/published.js';
import { openTimelock, type Timelock } from './timelock.js';
import { watchVerifier } from './watching.js';

/** Exams of a device that are read back in full; the last of each of its cards is among them. */
const historyLength = 256;

/** Requests in flight have this long to end when the verifier closes. */
const closeMs = 3_000;

export interface RunningVerifier {
  /** Where it listens, such as http://127.0.0.1:8440 */
  readonly url: string;
  /** Stops taking work, ships what it can, lets go of everything. */
  close(): Promise<void>;
}

/** Wires a verifier and lets it listen. This is the only place that knows all parts. */
export async function startVerifier(given: VerifierOptions): Promise<RunningVerifier> {
  assertReachable(given.host, given.publicHosts);
  const log = openLog(given);
  const clock = systemClock;
  const random = (length: number) => new Uint8Array(randomBytes(length));
  const uniform = () => randomInt(2 ** 47) / 2 ** 47;

  const record = await openRecord(given, log);
  const { journal, clickhouse, shipper } = record;
  const catalogue = await openCatalogue({ options: given, clickhouse, clock });
  // From here on classes are those that hold at the time, by what the fleet has taught.
  const options: VerifierOptions = { ...given, catalogue };
  const secrets = await Secrets.open(options.sharedDir ?? options.dataDir);
  const state = await openState(options.redisUrl, (error) => log.warn({ err: error }, 'Redis is away'));
  const hub = new Hub();
  const serial = new Serial();
  const lag = new LoopLag(clock);
  const proofs = new ProofPool({ onError: (error) => log.error({ err: error }, 'a proof worker died') });
  const metrics: Metrics = new Metrics({
    connectedAgents: () => hub.size,
    runningExams: () => examiner.rooms,
    runningProbes: () => timelock.runningProbes,
    waitingProofs: () => proofs.waiting,
  });
  const base = { options, clock, random, uniform, log, clickhouse, state, hub, serial, metrics, secrets };

  const homes = await openHomes({
    ...base,
    shipper,
    journal,
    late: record.late,
    devices: () => devices,
    recorder: () => recorder,
    desks: () => desks,
    works: () => [work],
    followers: () => followers,
    moved: (how) => metrics.fleet.homeMoved(how),
    ...(options.homeTimes !== undefined && { times: options.homeTimes }),
  });
  const devices = new Devices(await loadDevices(clickhouse), {
    outcomes: (device) => examOutcomes(clickhouse, device),
    exams: (device) => examHistory(clickhouse, device, historyLength),
    network: (device) => latestNetwork(clickhouse, device),
    unshipped: (device) => homes.unshipped(device),
  });
  const recorder = new Recorder(journal, devices, homes);
  const hardware = await openHardware(base);
  const attestation = await openAttestation({
    ...base,
    devices,
    recorder,
    ended: (outcome) => metrics.hardware.attestationEnded(outcome),
  });
  const maintenance = await openMaintenance({
    ...base,
    devices,
    recorder,
    leaseOf: (device) => timelock.leasing.leases.of(device),
  });
  const isHere = (device: string) => homes.isHere(device);
  const known = { ...base, devices, recorder, shipper, journal, lag, proofs, isHere };
  const examiner: Examiner = openExaminer({
    ...known,
    hardware: hardware.book,
    whenShown: (device, then) => timelock.whenShown(device, then),
    concluded: (device, facts) => timelock.concluded(device, facts),
    pausesOf: (device) => maintenance.pauses(device),
  });
  const beacon = options.beaconRpc === null ? null : new SolanaBeacon({ rpc: options.beaconRpc, clock, log });
  const timelock: Timelock = openTimelock({
    ...known,
    examiner,
    beacon: async () => (await beacon?.latest()) ?? null,
    paused: (device) => maintenance.pausedNow(device),
    maintenance: (device, from, to) => maintenance.between(device, from, to),
  });
  const { tables, probes, offline, residents, leasing } = timelock;
  const { leases } = leasing;
  const work = homeWork({ ...timelock, devices, recorder, orders: tables, prober: probes, examiner, leases });
  const desks = new Desks({ exams: examsDesk(examiner, timelock, hub, log), tables, probes, offline });
  const sweeps = openSweeping({ ...known, homes, examiner, leases, maintenance, beacon });
  const disputes = await openDisputing({
    ...known,
    homes,
    examiner,
    leases,
    maintenance,
    sweeps: () => sweeps,
  });
  const suspicions = new Suspicions({
    ...known,
    homes,
    sweeps,
    book: hardware.book,
    isFree: (device) => leases.of(device) === null && !maintenance.pausedNow(device),
  });
  const feeds = await openFeeds({ ...known, homes, metrics: metrics.fleet });
  const agents = new AgentVersions({
    clock,
    random,
    recorder,
    log,
    announced: await announcedVersions(clickhouse),
    connected: function* () {
      for (const connection of hub.all()) {
        yield {
          version: devices.get(connection.device)?.enrolment.agent.version ?? '',
          tell: (notice) => void connection.send(notice),
          close: (code) => connection.close(code),
        };
      }
    },
  });
  const followers = [
    followFleet({
      clickhouse,
      clock,
      devices,
      leases,
      maintenance,
      agents,
      feeds,
      disputes,
      hardware,
      attestation,
      catalogue,
    }),
  ];
  const learner = openLearning({ ...known, catalogue, leads: () => sweeps.leads });
  let own: ReadonlySet<string> = new Set();
  const sessions = new Sessions(state, random, clock);
  const access = await openAccess({
    ...base,
    ownHosts: () => own,
    sessions,
    leases,
    record: (facts) => recorder.record(facts),
    addressKey: secrets.derive('address-hash', 'all'),
    observeAlarm: ({ alarm }) => metrics.fleet.alarmRaised(alarm),
  });
  const published = new PublishedSweeps({ clickhouse, clock });
  const watch = watchVerifier({ ...known, homes, feeds, published, hardware, disputes, catalogue });
  const edge = openEdge({
    options,
    metrics: metrics.edge,
    proofsWaiting: () => proofs.waiting,
    journalBytes: () => shipper.lagBytes,
  });
  const services: Services = {
    ...known,
    ownHosts: () => own,
    nonces: new Nonces(state, random, clock),
    sessions,
    access,
    desks,
    examiner,
    residents,
    leasing,
    leases,
    signing: secrets.signing,
    homes,
    lines: linesOf(homes, (device, from) =>
      creditMove(device, from, { devices, recorder, clock, random, log }),
    ),
    maintenance,
    agents,
    sweeps,
    disputes,
    published,
    feeds,
    hardware,
    attestation,
    catalogue,
    units: options.units,
  };
  const adoption = new Adoption({ homes, elsewhere: () => leases.elsewhere, uniform, log });

  await leases.start();
  const app = await buildApp(services, edge, secrets);
  const url = await listen(app, options);
  own = ownHosts({ host: options.host, port: Number(new URL(url).port) }, options.publicHosts);
  shipper.start();
  await homes.join(options.memberUrl ?? url);
  await agents.announce(options.oldestAgent);
  await adoption.start();
  await sweeps.start();
  suspicions.start();
  disputes.start();
  feeds.deliveries.start();
  const stopPresence = startPresence({ ...known, verifier: homes.self });

  return {
    url,
    async close() {
      adoption.close();
      suspicions.close();
      await disputes.close();
      await learner.close();
      await sweeps.close();
      await edge.drain.run({
        clock,
        stopBeginning: () => examiner.stopBeginning(),
        underWay: () => examiner.answering,
        handOver: () => {
          examiner.beginEnding();
          probes.beginEnding();
          return homes.leave();
        },
        drainMs: options.drainMs,
      });
      stopPresence();
      watch.close();
      agents.close();
      leases.close();
      desks.close();
      lag.close();
      for (const connection of [...hub.all()]) connection.close('session.ended');
      await closeWithin(app, closeMs);
      await feeds.close();
      await access.close();
      await shipper.stop();
      // What is left when ClickHouse is away waits in the journal for the next start.
      await shipper.drain().catch((error) => log.warn({ err: error }, 'facts wait in the journal'));
      await homes.close();
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
