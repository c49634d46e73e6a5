import { createHmac, randomBytes } from 'node:crypto';
import nacl from 'tweetnacl';
import { vi } from 'vitest';
import { toHex } from '../../../protocol/bytes.js';
import type { Clock } from '../../../protocol/clock.js';
import { hourTranscript, newExamId, newProbeId } from '../../../protocol/ids.js';
import type { CardClaim } from '../../../protocol/messages/cards.js';
import { type SigningPurpose, signingBytes } from '../../../protocol/signing.js';
import { probeSeed } from '../../../protocol/transcript.js';
import { givenClass } from '../../../scoring/catalogue/given.js';
import type { ExamFact, Fact } from '../../../scoring/facts/facts.js';
import type { LeaseMovedFact, LeaseWitnessedFact } from '../../../scoring/facts/lease.js';
import type { OfflineFact, ProbeFact, TableFact } from '../../../scoring/facts/timelock.js';
import { enrolled, exam, memoryPart } from '../../../scoring/testing/facts.js';
import { probe, table } from '../../../scoring/testing/timelock-facts.js';
import type { Connection } from '../../connections/hub.js';
import { Devices } from '../../devices/devices.js';
import { Recorder } from '../../devices/recorder.js';
import { Serial } from '../../devices/serial.js';
import type { Journal } from '../../journal/journal.js';
import { Transcripts } from '../../probes/transcripts.js';
import type { Resident } from '../../tables/resident.js';
import { Heads } from '../heads.js';
import { Leases, type LeasesOptions } from '../leases.js';
import { type ReceiptRecord, Receipts } from '../receipts.js';
import { Witnesses } from '../witnesses.js';

export const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

/** An Ed25519 key that signs as the protocol has it. */
export function makeSigner() {
  const pair = nacl.sign.keyPair();
  return {
    key: toHex(pair.publicKey),
    sign: (purpose: SigningPurpose, fields: Record<string, unknown>) =>
      toHex(nacl.sign.detached(signingBytes(purpose, fields), pair.secretKey)),
  };
}

export const clock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };
export const minute = 60_000;
export const hour = 60 * minute;

const secret = random(32);
const derive = (purpose: string, id: string) =>
  new Uint8Array(createHmac('sha256', secret).update(`${purpose}\n${id}`).digest());
const keyOf = (device: string, transcript: string) => derive('probe', `${device}/${transcript}`);

const claim: CardClaim = {
  kind: 'gpu',
  model: 'Toy',
  memoryBytes: 2 ** 15,
  engine: 'onnx-cpu',
  memoryEngine: 'reference',
};
const catalogue = {
  classes: [
    givenClass('toy', 'gpu', {
      models: ['Toy'],
      memoryBytes: 2 ** 15,
      gflops: 0.02,
      lowGflops: 0.00001,
      ceilingGflops: 100,
      memory: { bandwidthGBps: 0.0004, ceilingGBps: 100, tableGops: 0.001, bestGops: 0.004 },
    }),
  ],
};
const ballastShape = { n: 256, layers: 2, banks: 1, bankPages: 64, rounds: 4, walkers: 8, steps: 2 } as const;

/**
 * A verifier's leases over one device of two cards, on a virtual clock: what the device does is scripted, the record is a list
 * of facts, and `restart` is a crash.
 */
export function openHall() {
  const facts: Fact[] = [];
  const signer = makeSigner();
  const device = signer.key;
  const connection = { device, roundTripMs: 10 } as unknown as Connection;
  let connected: Connection | undefined = connection;
  /** Wakes exams that wait for the line. */
  let wake: (() => void)[] = [];
  let generation = 0;
  const held = new Set<string>();
  const soon: string[] = [];
  const examining = { now: false };
  let claims = [claim, claim];
  let status: 'verified' | 'suspended' = 'verified';
  /** Set by tests: how the device does. */
  const plan = {
    exam: (): ExamFact['outcome'] | 'null' => 'passed',
    examMs: minute,
    ballast: () => true,
    probe: (): Partial<ProbeFact> => ({}),
    journal: () => true,
    maintenance: (): { readonly from: number } | null => null,
  };
  const journal = {
    append: async (more: readonly Fact[]) => {
      if (!plan.journal()) throw new Error('the journal is full');
      facts.push(...more);
    },
  } as unknown as Journal;

  const of = <K extends Fact['kind']>(kind: K) =>
    facts.filter((fact): fact is Extract<Fact, { kind: K }> => fact.kind === kind);
  const moves = () => of('lease.moved');
  const lastMoves = () => {
    const last = new Map<string, LeaseMovedFact>();
    for (const move of moves()) last.set(move.lease, move);
    return [...last.values()];
  };
  const history = async (lease: string) =>
    facts.filter(
      (fact): fact is LeaseMovedFact | LeaseWitnessedFact =>
        (fact.kind === 'lease.moved' || fact.kind === 'lease.witnessed') && fact.lease === lease,
    );
  const entriesOf = (card: number, transcript: string) =>
    facts.filter((fact): fact is ProbeFact | OfflineFact => {
      if (fact.kind === 'probe.finished') return fact.card === card && fact.transcript === transcript;
      if (fact.kind !== 'offline.shown') return false;
      return fact.cards.some((one) => one.card === card && one.entry?.transcript === transcript);
    });
  const record: ReceiptRecord = {
    history,
    tables: async (_, lease) => of('table.built').filter((fact) => fact.lease === lease),
    exam: async (_, id) => of('exam.finished').filter((fact) => fact.exam === id),
    transcript: async (_, card, transcript) => entriesOf(card, transcript),
    oursBetween: async () => [],
    settled: async () => true,
  };

  function start() {
    const mine = ++generation;
    const alive = () => mine === generation;
    const devices = new Devices(
      [
        {
          device,
          enrolment: { ...enrolled(device, 0), cards: claims },
          firstEnrolledAt: 0,
          status,
          statusSince: 0,
          reasons: [],
          lastExamAt: 0,
          lastPassedAt: 0,
        },
      ],
      { outcomes: async () => [], exams: async () => [], network: async () => null },
    );
    const recorder = new Recorder(journal, devices);
    const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
    /** What a crash leaves undone never comes back. */
    const onlyAlive = async () => {
      if (!alive()) await new Promise<void>(() => {});
    };
    const examineNow = async (): Promise<readonly ExamFact[] | null> => {
      while (connected === undefined) await new Promise<void>((resolve) => wake.push(resolve));
      examining.now = true;
      await sleep(plan.examMs);
      await onlyAlive();
      examining.now = false;
      const outcome = plan.exam();
      if (outcome === 'null') return null;
      const id = newExamId(random);
      const made = claims.map((of, card) =>
        exam(device, Date.now(), { exam: id, card, outcome, claim: of, class: 'toy', memory: memoryPart }),
      );
      await recorder.record(made);
      return made;
    };
    const order: LeasesOptions['orders']['order'] = async (_, orders) => {
      await sleep(20_000);
      await onlyAlive();
      const made = new Map<number, Resident | null>();
      for (const { card, shape, purpose, lease } of orders) {
        if (connected === undefined || !plan.ballast()) {
          made.set(card, null);
          continue;
        }
        const fact: TableFact = table(device, Date.now(), {
          card,
          shape,
          purpose,
          lease,
          tableSeed: toHex(random(32)),
        });
        await recorder.record([fact]);
        made.set(card, { ...fact, since: fact.at, bandwidthGBps: null });
      }
      return made;
    };
    const transcripts: Transcripts = new Transcripts({
      current: () => leases.transcriptOf(device) ?? hourTranscript(Date.now()),
      recorded: async (_, card, transcript) => entriesOf(card, transcript).filter(isProbe).at(-1) ?? null,
    });
    const probeNow = async (_: string, card: number): Promise<ProbeFact | null> => {
      await sleep(200);
      await onlyAlive();
      if (connected === undefined) return null;
      const entry = await transcripts.open(device, card);
      const { transcript, index, previous } = entry;
      const changes = plan.probe();
      const root = random(32);
      const tag = toHex(entry.close(root));
      const fact = probe(device, Date.now(), {
        card,
        probe: newProbeId(random),
        transcript,
        index,
        tag,
        root: toHex(root),
        tableSeed: of('table.built').findLast((one) => one.card === card)?.tableSeed ?? toHex(random(32)),
        purpose: 'ballast',
        seed: toHex(probeSeed(keyOf(device, transcript), card, index, previous, new Uint8Array(32))),
        signature: signer.sign('transcript', { device, card, transcript, index, tag }),
        ...changes,
      });
      await recorder.record([fact]);
      return fact;
    };
    const serial = new Serial();
    const leases: Leases = new Leases({
      examiner: {
        examineNow,
        examining: () => examining.now,
        hold: (_, hold) => void (hold ? held.add(device) : held.delete(device)),
        soon: (who) => void soon.push(who),
      },
      hub: { get: () => connected },
      clock,
      endExamMs: 30 * minute,
      restMs: 20_000,
      leaseMeanMs: 3 * minute,
      maintenance: () => plan.maintenance(),
      devices,
      orders: { order },
      ballast: {
        catalogue,
        ballastBytes: 2 ** 12,
        times: { examSeconds: 1, armMs: 1000 },
        shapeFor: () => ballastShape,
      },
      probeNow,
      residents: {
        of: async () => claims.map((_, card) => ({ card }) as Resident),
      },
      recorder,
      serial,
      transcripts,
      record: {
        open: async () => lastMoves().filter(({ to }) => to !== 'ended' && to !== 'refused'),
        history,
        ofReference: async (marketplace, reference) =>
          lastMoves().filter((one) => one.marketplace === marketplace && one.reference === reference),
      },
      examOf: record.exam,
      random,
      keyOf,
      derive,
      replan: () => {},
      observe: () => {},
      log: { error: () => {} },
    });
    const heads = new Heads({
      record,
      transcripts,
      recorded: async (_, card, transcript) => entriesOf(card, transcript).filter(isProbe).at(-1) ?? null,
    });
    const witnesses = new Witnesses({
      clock,
      random,
      recorder,
      history,
      heads: (lease) => heads.of(lease),
      tagOf: (lease, card, index) => heads.tagOf(lease, card, index),
      serial,
      stateOf: async (id) => (await leases.get(id)).state,
    });
    const signing = makeSigner();
    const receipts = new Receipts({
      record,
      clock,
      keyOf,
      signing,
      claims: () => claims.map((one, card) => ({ card, claim: one })),
    });
    return { leases, heads, witnesses, receipts, probeNow, signing, transcripts };
  }

  let running = start();
  void running.leases.arrive(device);
  return {
    device,
    facts,
    plan,
    soon,
    moves,
    record,
    held: () => held.has(device),
    get running() {
      return running;
    },
    get leases() {
      return running.leases;
    },
    /** All states that leases were in, in order. */
    states: () => moves().map(({ to }) => to),
    pass: (ms: number) => vi.advanceTimersByTimeAsync(ms),
    /** One probe of each card. */
    async probe() {
      const probes = [0, 1].map((card) => running.probeNow(device, card));
      await vi.advanceTimersByTimeAsync(200);
      await Promise.all(probes);
    },
    connect() {
      connected = connection;
      const waiting = wake;
      wake = [];
      for (const go of waiting) go();
    },
    disconnect() {
      connected = undefined;
    },
    setStatus(to: 'verified' | 'suspended') {
      status = to;
    },
    /** From the next start on. */
    otherHardware() {
      claims = [claim, { ...claim, hardwareId: 'another' }];
    },
    /** The device goes to another verifier, which knows all leases; the one that it leaves lives on. */
    async moveOn() {
      const before = running;
      const next = start();
      await next.leases.start();
      await before.leases.leave(device);
      running = next;
      await next.leases.arrive(device);
      return before.leases;
    },
    /** The process ends as it stands, and another one begins. */
    async restart() {
      running.leases.close();
      held.clear();
      examining.now = false;
      wake = [];
      running = start();
      await running.leases.start();
      await running.leases.arrive(device);
    },
  };
}

export type Hall = ReturnType<typeof openHall>;

const isProbe = (fact: ProbeFact | OfflineFact): fact is ProbeFact => fact.kind === 'probe.finished';
