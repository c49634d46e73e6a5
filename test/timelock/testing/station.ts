import { createHmac } from 'node:crypto';
import { referenceRecompute } from '../../../challenges/engines/reference.js';
import { drawWalkers } from '../../../challenges/memory/openings.js';
import { checkMemoryReveal } from '../../../challenges/memory/verifier.js';
import { knownTrapdoor } from '../../../challenges/timelock/testing/known.js';
import type { Clock } from '../../../protocol/clock.js';
import { hourTranscript } from '../../../protocol/ids.js';
import type { CardClaim } from '../../../protocol/messages/cards.js';
import { hashOf } from '../../../protocol/transcript.js';
import { givenClass } from '../../../scoring/catalogue/given.js';
import { memoryShapeFor } from '../../../scoring/catalogue/memory-shape.js';
import type { ExamFact } from '../../../scoring/facts/facts.js';
import { enrolled, exam, memoryPart } from '../../../scoring/testing/facts.js';
import { AgentSocket } from '../../../verifier/connections/agent-socket.js';
import { Desks } from '../../../verifier/connections/desks.js';
import { Hub } from '../../../verifier/connections/hub.js';
import type { DeviceState, Devices } from '../../../verifier/devices/devices.js';
import { runChainJob } from '../../../verifier/offline/chain-job.js';
import { OfflineDesk } from '../../../verifier/offline/desk.js';
import { defaultOptions } from '../../../verifier/options.js';
import { startPresence } from '../../../verifier/presence/presence.js';
import { Preparations } from '../../../verifier/probes/preparations.js';
import { Prober } from '../../../verifier/probes/prober.js';
import { Transcripts } from '../../../verifier/probes/transcripts.js';
import { LostTables } from '../../../verifier/tables/lost-tables.js';
import { Residents } from '../../../verifier/tables/residents.js';
import { TableOrders } from '../../../verifier/tables/table-orders.js';
import type { LineEnd } from './line.js';
import type { HourRecord } from './record.js';
import { identity } from './rig.js';

const toy = givenClass('toy', 'gpu', {
  models: ['Toy'],
  memoryBytes: 2 ** 15,
  gflops: 1,
  memory: { bandwidthGBps: 0.0004, ceilingGBps: 100, tableGops: 0.001, bestGops: 0.004 },
});
const catalogue = { classes: [toy, givenClass('unlisted', 'gpu', { gflops: 1 })] };
const claim: CardClaim = {
  kind: 'gpu',
  model: 'Toy',
  memoryBytes: 2 ** 15,
  engine: 'reference',
  memoryEngine: 'reference',
};
const sized = memoryShapeFor(toy, claim);
if (sized === null) throw new Error('the toy has no table');
const shape = sized;
const { device } = identity;

export interface StationOptions {
  readonly record: HourRecord;
  readonly clock: Clock;
  readonly cards: number;
  /** All that is drawn follows from it. */
  readonly uniform: () => number;
}

/** The verifier's side of the time-lock with all its own parts, for one device; no exams, but that it hears who asks for one. */
export function openStation({ record, clock, cards, uniform }: StationOptions) {
  const hub = new Hub();
  const soon: string[] = [];
  const errors: string[] = [];
  const log = {
    error: (_: unknown, text?: string) => errors.push(text ?? ''),
    warn: (_: unknown, text?: string) => errors.push(text ?? ''),
  };
  const random = (length: number) => Uint8Array.from({ length }, () => Math.floor(uniform() * 256));
  const draw = (below: number) => Math.floor(uniform() * below);
  const claims = Array.from({ length: cards }, () => claim);
  const now = clock.now();
  const state: DeviceState = {
    device,
    enrolment: { ...enrolled(device, now), cards: claims },
    firstEnrolledAt: now,
    status: 'verified',
    statusSince: now,
    reasons: [],
    lastExamAt: now,
    lastPassedAt: now,
  };
  const passed = claims.map((_, card): [number, ExamFact] => [
    card,
    exam(device, now, {
      card,
      claim,
      class: 'toy',
      claimedClass: 'toy',
      memory: { ...memoryPart, engine: 'reference', shape, bandwidthGBps: 0.00025 },
    }),
  ]);
  const history = { outcomes: [], latest: new Map(passed), judged: new Map(passed), network: null };
  const devices = {
    get: (of: string) => (of === device ? state : undefined),
    history: async () => history,
  } as unknown as Devices;
  const recorder = { record: record.record } as never;
  const residents = new Residents({ history: async () => history, tables: async () => [], clock });
  const parts = { hub, devices, residents, recorder, clock, random, log };
  const orders = new TableOrders({ ...parts, observe: () => {} });
  const transcripts = new Transcripts({
    recorded: async (_, card, transcript) => record.head(card, transcript),
    current: () => hourTranscript(clock.now()),
  });
  const lost = new LostTables({
    devices,
    catalogue,
    orders,
    leaseOf: () => null,
    clock,
    times: { examSeconds: 1, armMs: 60_000 },
    log,
  });
  const offline = new OfflineDesk({
    ...parts,
    modulus: knownTrapdoor.modulus,
    mac: (text) => new Uint8Array(createHmac('sha256', 'of a test').update(text).digest()),
    solve: async (job) => runChainJob(knownTrapdoor, job),
    checkWalk: (walk) => checkMemoryReveal(walk, referenceRecompute),
    tablesOf: (of) => residents.of(of),
    openEntry: (of, card) => transcripts.open(of, card),
    bestRate: async () => record.bestRate,
    lastMinuteSeen: async () => record.lastMinuteSeen,
    creditedSince: async (_, since) => record.creditedSince(since),
    oursBetween: async () => [],
    busy: () => false,
    suspect: (of) => soon.push(of),
    settled: (of) => prober.settled(of),
    observe: (fact) => prober.outageShown(fact),
    settings: defaultOptions,
  });
  const prober: Prober = new Prober({
    ...parts,
    uniform,
    lost,
    transcripts,
    preparations: new Preparations({
      clock,
      catalogue,
      devices,
      residents,
      probes: async (_, since) => record.probes.filter(({ at }) => at >= since),
    }),
    draw: (of) => drawWalkers(of, 4, draw),
    check: (proof) => checkMemoryReveal(proof, referenceRecompute),
    lagBetween: () => 0,
    keyOf: (of, transcript) => hashOf('test key', of, transcript),
    beacon: async () => null,
    leaseOf: () => null,
    examining: () => false,
    busy: (of) => orders.busy(of) || offline.unshown(of),
    soon: (of) => soon.push(of),
    observe: () => {},
    revealMs: defaultOptions.revealMs,
    meanMs: defaultOptions.probeMeanMs,
    leaseMeanMs: defaultOptions.leaseProbeMeanMs,
    linkMs: defaultOptions.linkMs,
  });
  const exams = {
    connected() {},
    disconnected() {},
    receive: () => 'exam.unknown' as const,
    close() {},
  };
  const desks = new Desks({ exams, tables: orders, probes: prober, offline });
  const stopPresence = startPresence({ ...parts, verifier: 'test', uniform });

  return {
    ...{ device, prober, soon, errors },
    /** As the route of agents does. */
    accept(end: LineEnd): void {
      const connection: AgentSocket = new AgentSocket({
        device,
        socket: end.socket,
        clock,
        pingMs: defaultOptions.pingMs,
        receive: (message, at) =>
          hub.get(device) === connection ? desks.receive(device, message, at) : 'session.superseded',
        closed: () => hub.remove(connection) && desks.disconnected(device),
        refused: () => {},
      });
      if (hub.get(device) !== undefined) desks.disconnected(device);
      hub.add(connection);
      desks.connected(device);
    },
    /** As after an exam that all cards passed: each has a table, and how fast the device squares is known. */
    async settleIn(): Promise<void> {
      for (const card of claims.keys()) residents.drop(device, card);
      const order = { shape, purpose: 'whole', lease: null, withinMs: 60_000 } as const;
      await orders.order(
        device,
        claims.map((_, card) => ({ card, ...order })),
      );
      prober.replan(device);
      offline.examined(device);
    },
    /** The process ends in order; lines end with it. */
    close(): void {
      stopPresence();
      desks.close();
      for (const connection of [...hub.all()]) connection.close('session.ended');
    },
  };
}
