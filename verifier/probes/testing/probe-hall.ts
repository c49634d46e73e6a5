import { randomBytes, randomInt } from 'node:crypto';
import { referenceRecompute } from '../../../challenges/engines/reference.js';
import { drawWalkers } from '../../../challenges/memory/openings.js';
import { checkMemoryReveal } from '../../../challenges/memory/verifier.js';
import type { Clock } from '../../../protocol/clock.js';
import { hourTranscript } from '../../../protocol/ids.js';
import type { CardClaim } from '../../../protocol/messages/cards.js';
import type { BeaconValue } from '../../../protocol/messages/receipt.js';
import type { DeviceStatus } from '../../../protocol/status.js';
import { uniformFrom } from '../../../protocol/testing/uniform.js';
import { hashOf } from '../../../protocol/transcript.js';
import { givenClass } from '../../../scoring/catalogue/given.js';
import { memoryShapeFor } from '../../../scoring/catalogue/memory-shape.js';
import type { ExamFact, Fact } from '../../../scoring/facts/facts.js';
import type { ProbeFact } from '../../../scoring/facts/timelock.js';
import { enrolled, exam, memoryPart } from '../../../scoring/testing/facts.js';
import { type Connection, Hub } from '../../connections/hub.js';
import { parseFrame } from '../../connections/incoming.js';
import type { DeviceState } from '../../devices/devices.js';
import type { ExamHistory } from '../../devices/histories.js';
import type { MemoryState } from '../../state/memory.js';
import { Saved } from '../../state/saved.js';
import { LostTables } from '../../tables/lost-tables.js';
import { Residents } from '../../tables/residents.js';
import { TableOrders } from '../../tables/table-orders.js';
import { Preparations } from '../preparations.js';
import { Prober } from '../prober.js';
import type { ProberOptions } from '../prober-options.js';
import { Transcripts } from '../transcripts.js';
import { device, ProbedCard } from './probed-card.js';

const toy = givenClass('toy', 'gpu', {
  models: ['Toy'],
  memoryBytes: 2 ** 15,
  gflops: 1,
  memory: { bandwidthGBps: 0.0004, ceilingGBps: 100, tableGops: 0.001, bestGops: 0.004 },
});
const catalogue = { classes: [toy, givenClass('unlisted', 'gpu', { gflops: 1 })] };
export const claim: CardClaim = {
  kind: 'gpu',
  model: 'Toy',
  memoryBytes: 2 ** 15,
  engine: 'onnx-cpu',
  memoryEngine: 'reference',
};
const sized = memoryShapeFor(toy, claim);
if (sized === null) throw new Error('the toy has no table');
export const shape = sized;

/** Time by the timers of the test, which may be held still. */
const clock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

export const passedExam = (card: number, tableSeed: string): ExamFact =>
  exam(device, clock.now(), {
    exam: `ex_${'a'.repeat(32)}`,
    card,
    claim,
    class: 'toy',
    claimedClass: 'toy',
    memory: { ...memoryPart, engine: 'reference', shape, tableSeed, bandwidthGBps: 0.00025 },
  });

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * A prober with all its own parts over a line that a test can slow down or cut, and one card that has a real table since its
 * last exam. Run it on held timers.
 */
export async function openHall(
  options: Partial<ProberOptions> & { recorded?: readonly ProbeFact[]; state?: MemoryState } = {},
) {
  const savedAs = <T>(name: string) =>
    new Saved<T>({ state: options.state ?? null, name, ttlMs: 3600_000, log: { error: () => {} } });
  const hub = new Hub();
  const facts: Fact[] = [...(options.recorded ?? [])];
  const lines: string[] = [];
  const soon: string[] = [];
  let state: DeviceState = {
    device,
    enrolment: { ...enrolled(device, clock.now()), cards: [claim] },
    firstEnrolledAt: clock.now(),
    status: 'verified',
    statusSince: clock.now(),
    reasons: [],
    lastExamAt: clock.now(),
    lastPassedAt: clock.now(),
  };
  const tableSeed = Buffer.from(randomBytes(32)).toString('hex');
  const passed = passedExam(0, tableSeed);
  const latest = new Map([[0, passed]]);
  const history: ExamHistory = { outcomes: [], latest, judged: latest, network: null };
  const devices = { get: () => state, history: async () => history };
  const random = (length: number) => new Uint8Array(randomBytes(length));
  const log = { error: (_: unknown, text?: string) => lines.push(text ?? ''), warn: () => {} };
  const journal = { full: false };
  const recorder = {
    async record(all: readonly Fact[]) {
      if (journal.full) throw new Error('full');
      facts.push(...all);
    },
  };
  const world = { examining: false, busy: false, lease: null as string | null, lagMs: 0, showsAtOnce: true };
  const probesOnRecord = () => facts.filter((fact): fact is ProbeFact => fact.kind === 'probe.finished');
  const residents = new Residents({ history: async () => history, tables: async () => [], clock });
  const observe = () => {};
  const orders = new TableOrders({ hub, devices, residents, recorder, clock, random, observe, log });
  const times = { examSeconds: 1, armMs: 60_000 };
  const leaseOf = () => world.lease;
  const transcripts = new Transcripts({
    recorded: async (_, card, transcript) =>
      probesOnRecord().findLast((fact) => fact.card === card && fact.transcript === transcript) ?? null,
    current: () => world.lease ?? hourTranscript(clock.now()),
    saved: savedAs('head'),
  });
  const prober = new Prober({
    clock,
    random,
    uniform: uniformFrom(1),
    hub,
    devices,
    recorder,
    residents,
    lost: new LostTables({ devices, catalogue, orders, leaseOf, clock, times, log }),
    transcripts,
    saved: savedAs('probing'),
    preparations: new Preparations({
      clock,
      catalogue,
      devices,
      residents,
      probes: async (_, since) => probesOnRecord().filter(({ at }) => at >= since),
    }),
    draw: (of) => drawWalkers(of, 4, randomInt),
    check: (proof) => checkMemoryReveal(proof, referenceRecompute),
    lagBetween: () => world.lagMs,
    keyOf: (of, transcript) => hashOf('test key', of, transcript),
    beacon: async (): Promise<BeaconValue | null> => ({ source: 'test', round: 7, value: 'be'.repeat(32) }),
    leaseOf,
    examining: () => world.examining,
    busy: (of) => world.busy || orders.busy(of),
    soon: (of) => soon.push(of),
    observe,
    revealMs: 15_000,
    meanMs: 600_000,
    leaseMeanMs: 180_000,
    linkMs: 60_000,
    log,
    ...options,
  });

  /** Probes that were ordered, whether or not they arrive. */
  const ordered: string[] = [];
  const line = { delayMs: 10, pongMs: null as number | null, up: false };
  const receive = (message: unknown): string | null => {
    const parsed = parseFrame(Buffer.from(JSON.stringify(message)), false);
    if ('refused' in parsed) return parsed.refused;
    const said = parsed.message;
    const at = clock.monotonic();
    if (said.type === 'table.ready' || said.type === 'table.decline') return orders.receive(device, said, at);
    return said.type.startsWith('probe.') ? prober.receive(device, said as never, at) : 'message.unknown';
  };
  const refusals: string[] = [];
  /** What is on the way when the line is cut is lost. */
  let cuts = 0;
  const over = async (ms: number, arrive: () => void) => {
    const before = cuts;
    await pause(ms);
    if (line.up && cuts === before) arrive();
  };
  const card = new ProbedCard((message) => {
    void over(line.delayMs, () => {
      const refused = receive(message);
      if (refused !== null) refusals.push(refused);
    });
  });
  await card.build(shape, tableSeed);
  let connection: Connection | null = null;
  const connect = () => {
    line.up = true;
    const next: Connection = {
      device,
      roundTripMs: 2 * line.delayMs,
      lastSeenAt: clock.now(),
      send(message) {
        if (message.type === 'probe.walk') ordered.push(message.probe);
        void over(line.delayMs, () => void card.handle(message));
        return true;
      },
      prepare(message) {
        return () => this.send(message);
      },
      async ping(withinMs) {
        const tookMs = line.pongMs ?? 2 * line.delayMs;
        await pause(Math.min(tookMs, withinMs));
        return tookMs <= withinMs ? tookMs : null;
      },
      close() {},
      sendBytes: async () => true,
      startTransfer: () => null,
    };
    connection = next;
    hub.add(next);
    orders.connected(device);
    prober.connected(device);
    if (world.showsAtOnce) prober.settled(device);
  };
  const cut = () => {
    line.up = false;
    cuts += 1;
    if (connection !== null && hub.remove(connection)) {
      orders.disconnected(device);
      prober.disconnected(device);
    }
  };
  /** The device is at home with this prober now. */
  const arrive = async () => {
    await transcripts.arrive(device, 1, (staged) => recorder.record(staged));
    await prober.arrive(device);
    connect();
  };
  /** It turns to another one. */
  const leave = async () => {
    cut();
    await prober.leave(device);
    await transcripts.leave(device);
  };
  const setStatus = (status: DeviceStatus) => {
    state = { ...state, status };
  };
  return {
    ...{ prober, orders, residents, card, line, world, journal, facts, soon, refusals, tableSeed, lines },
    ...{ arrive, leave, ordered, connect, cut, receive, setStatus, probes: probesOnRecord },
  };
}
