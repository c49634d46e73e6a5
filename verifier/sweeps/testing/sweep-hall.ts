import { createHash } from 'node:crypto';
import type { ClickHouseClient } from '@clickhouse/client';
import { systemClock } from '../../../protocol/clock.js';
import { newExamId, newVerifierId } from '../../../protocol/ids.js';
import type { CardMessage, ExamPart } from '../../../protocol/messages/exam.js';
import type { BeaconValue } from '../../../protocol/messages/receipt.js';
import type { VerifierMessage } from '../../../protocol/messages/wire.js';
import { uniformFrom } from '../../../protocol/testing/uniform.js';
import type { Fact } from '../../../scoring/facts/facts.js';
import type { SweepFact } from '../../../scoring/facts/sweep.js';
import { insertFacts } from '../../../scoring/queries/insert-facts.js';
import { exam as examFact } from '../../../scoring/testing/facts.js';
import type { Connection } from '../../connections/hub.js';
import { Cohorts } from '../../exams/cohorts.js';
import { ExamRoom } from '../../exams/room.js';
import type { SweepEntry, SweepExams } from '../../exams/sweep-exams.js';
import type { HotState } from '../../state/state.js';
import { openSweeps, type Sweeps, type SweepsParts } from '../sweeps.js';
import { sweepTimes } from '../times.js';

export const shape = { n: 256, layers: 1, pages: 64, rounds: 2 } as const;
export const memoryShape = {
  n: 256,
  layers: 1,
  banks: 2,
  bankPages: 16,
  rounds: 2,
  walkers: 8,
  steps: 2,
} as const;

/** What a simulated device does at each step of a part. */
export type Behaviour = (part: ExamPart, step: 'arm' | 'go') => 'answer' | 'silence' | 'decline';
export const honest: Behaviour = () => 'answer';

/** A `go` as it left for a device. */
export interface Gone {
  readonly device: string;
  readonly part: ExamPart;
  readonly seed: string;
  readonly at: number;
}

export interface HallOptions {
  readonly settings?: Partial<SweepsParts['settings']>;
  readonly beacon?: () => Promise<BeaconValue | null>;
  readonly armMs?: number;
  /** How a message gets to a device, where not to its behaviour here. */
  readonly prepare?: (device: string, message: VerifierMessage) => () => boolean;
  /** Of a fleet of its own: the chains of others are not its. */
  readonly secret?: string;
}

const noSettings = {
  sweepCards: 1_000,
  fleetWindowCards: 1_000,
  sweepEveryMs: 0,
  fleetEveryMs: 0,
  sweepChainLength: 50,
};

/** One verifier as far as sweeps see it: real rooms and cohorts, devices that answer at once, a real record. */
export class SweepVerifier {
  readonly self: string;
  readonly gone: Gone[] = [];
  readonly facts: Fact[] = [];
  readonly observed: SweepFact[] = [];
  readonly sweeps: Sweeps;
  alive = true;
  readonly #cohorts = new Cohorts(20);
  readonly #rooms = new Map<string, ExamRoom>();
  readonly #devices = new Map<string, Behaviour>();
  readonly #client: ClickHouseClient;
  readonly #fleet: SweepVerifier[];
  readonly #armMs: number;
  readonly #prepare: (device: string, message: VerifierMessage) => () => boolean;
  #inserted = 0;
  readonly #waiting: Fact[] = [];
  #writing: Promise<void> = Promise.resolve();

  constructor(
    client: ClickHouseClient,
    state: HotState,
    fleet: SweepVerifier[],
    seed: number,
    { settings = {}, beacon = async () => null, armMs = 60_000, secret = '', prepare }: HallOptions = {},
  ) {
    const uniform = uniformFrom(seed);
    const random = (length: number) => Uint8Array.from({ length }, () => Math.floor(uniform() * 256));
    this.self = newVerifierId(random);
    this.#client = client;
    this.#fleet = fleet;
    this.#armMs = armMs;
    this.#prepare = prepare ?? ((device, message) => () => this.#deliver(device, message));
    fleet.push(this);
    this.sweeps = openSweeps({
      clickhouse: client,
      state,
      homes: {
        self: this.self,
        isHere: (device) => this.#devices.has(device),
        members: async () =>
          this.#fleet.filter(({ alive }) => alive).map((one) => ({ verifier: one.self, url: '' })),
      },
      hub: {
        all: () => [...this.#devices.keys()].map((device) => ({ device }) as Connection),
        get: (device) => (this.#devices.has(device) ? ({ device } as Connection) : undefined),
      },
      exams: this.#exams(random),
      recorder: { record: (facts) => this.#record(facts) },
      shipping: { end: () => ({ segment: 0, offset: 0 }), has: () => true },
      clock: systemClock,
      random,
      uniform,
      derive: (purpose, id) =>
        new Uint8Array(createHash('sha256').update(`${secret}/${purpose}/${id}`).digest()),
      beacon,
      cardsFor: (device) => (this.#rooms.has(device) ? 0 : 1),
      settings: { ...noSettings, ...settings },
      observe: (fact) => this.observed.push(fact),
      log: { info: () => {}, warn: () => {}, error: () => {} },
      times: {
        ...sweepTimes,
        leadMs: 100,
        lookMs: 20,
        afterMs: 100,
        dueMs: 50,
        straggleMs: { compute: 300, memory: 300 },
      },
    });
  }

  connect(device: string, behaviour: Behaviour = honest): void {
    this.#devices.set(device, behaviour);
  }

  disconnect(device: string): void {
    this.#devices.delete(device);
    const room = this.#rooms.get(device);
    if (room === undefined) return;
    this.#cohorts.leave(room);
    room.disconnected();
  }

  receive(device: string, message: CardMessage): void {
    this.#rooms.get(device)?.receive(message, performance.now());
  }

  /** Rooms that are not over. */
  get examining(): number {
    return this.#rooms.size;
  }

  close(): void {
    this.#cohorts.close();
    for (const room of this.#rooms.values()) room.close();
  }

  /** As a journal does it: what comes while one batch is written is the next. */
  #record(facts: readonly Fact[]): Promise<void> {
    this.facts.push(...facts);
    this.#waiting.push(...facts);
    this.#writing = this.#writing.then(async () => {
      const batch = this.#waiting.splice(0);
      if (batch.length === 0) return;
      this.#inserted += 1;
      await insertFacts(this.#client, batch, `${this.self}/${this.#inserted}`);
    });
    return this.#writing;
  }

  #exams(random: (length: number) => Uint8Array): SweepExams {
    return {
      gather: () => this.#cohorts.gather(),
      enter: async (device, entry) => {
        if (this.#rooms.has(device) || !this.#devices.has(device)) return null;
        const room = this.#room(device, newExamId(random), entry);
        this.#rooms.set(device, room);
        if (!entry.gathering.add(room)) this.#cohorts.join(room);
        return { room, exam: room.exam, cards: [0], answerMs: 0 };
      },
    };
  }

  #room(device: string, exam: string, { seeds, sweep }: SweepEntry): ExamRoom {
    const memory = { shape: memoryShape, engine: 'table', armMs: this.#armMs, commitMs: 60_000 };
    const room: ExamRoom = new ExamRoom({
      exam,
      cards: [{ card: 0, shape, engine: 'reference', memory }],
      times: { armMs: this.#armMs, commitMs: 60_000, revealMs: 60_000 },
      clock: systemClock,
      seeds,
      draw: { compute: () => [], memory: () => [] },
      seen: () => ({ roundTripMs: null, lagMs: 0 }),
      prepare: (message) => this.#prepare(device, message),
      check: async () => ({ right: 0, code: 'proof.complete' }),
      measureLine: async () => {},
      moved: () => {
        this.#cohorts.moved(room);
        if (room.waits && this.#devices.has(device)) this.#cohorts.join(room);
      },
      stepped: () => {},
      uncheckable: () => {},
      finished: (results) => {
        this.#cohorts.leave(room);
        this.#rooms.delete(device);
        const result = results.get(0);
        const passed = result?.compute.result.kind === 'checked' && result.memory?.result.kind === 'checked';
        const commitment = result?.compute.result.commitment ?? null;
        const fact = examFact(device, Date.now(), {
          exam,
          sweep,
          outcome: passed ? 'passed' : 'failed',
          attempts: result?.compute.attempts ?? 0,
          seed: commitment?.seed ?? null,
          claim: {
            kind: 'gpu',
            model: 'G',
            memoryBytes: 0,
            engine: 'reference',
            hardwareId: device.slice(0, 8),
          },
          memory: result?.memory
            ? {
                engine: 'table',
                attempts: result.memory.attempts,
                shape: memoryShape,
                tableSeed: result.memory.tableSeed,
                walkSeed: result.memory.result.commitment?.seed ?? null,
                roots: [],
                openings: [],
                walkersRight: 0,
                buildMs: 1,
                elapsedMs: 1,
                bandwidthGBps: 1,
              }
            : null,
        });
        void this.#record([fact]);
      },
    });
    return room;
  }

  /** As over a wire: the answer comes in a turn of its own. */
  #deliver(device: string, message: VerifierMessage): boolean {
    const behaviour = this.#devices.get(device);
    if (behaviour === undefined) return false;
    if (message.type === 'exam.go')
      for (const { part, seed } of message.cards)
        this.gone.push({ device, part, seed, at: performance.now() });
    setImmediate(() => {
      for (const said of answersTo(message, behaviour)) this.receive(device, said);
    });
    return true;
  }
}

/** What a device says to a message. */
export function answersTo(message: VerifierMessage, behaviour: Behaviour = honest): CardMessage[] {
  if (message.type === 'exam.open') {
    const { exam, card, part } = message;
    return [{ type: 'exam.reveal', exam, card, part, reveals: [] }];
  }
  if (message.type !== 'exam.arm' && message.type !== 'exam.go') return [];
  const { exam } = message;
  const step = message.type === 'exam.arm' ? 'arm' : 'go';
  return message.cards.flatMap((asked): CardMessage[] => {
    const { card, part } = asked;
    const does = behaviour(part, step);
    if (does === 'silence') return [];
    if (does === 'decline') return [{ type: 'exam.decline', exam, card, part, message: 'no' }];
    if (!('seed' in asked)) {
      const engine = part === 'compute' ? 'reference' : 'table';
      return [{ type: 'exam.ready', exam, card, part, engine }];
    }
    const roots = Array.from({ length: 2 }, () => 'ab'.repeat(32));
    return [{ type: 'exam.commit', exam, card, part, seed: asked.seed, roots }];
  });
}
