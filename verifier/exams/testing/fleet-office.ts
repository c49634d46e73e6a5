import { randomBytes } from 'node:crypto';
import { expect, vi } from 'vitest';
import { systemClock } from '../../../protocol/clock.js';
import type { VerifierMessage } from '../../../protocol/messages/wire.js';
import { givenClass } from '../../../scoring/catalogue/given.js';
import type { ExamFact, Fact } from '../../../scoring/facts/facts.js';
import { deviceId, enrolled } from '../../../scoring/testing/facts.js';
import { type Connection, Hub } from '../../connections/hub.js';
import { Devices } from '../../devices/devices.js';
import { Recorder } from '../../devices/recorder.js';
import { Serial } from '../../devices/serial.js';
import type { Journal } from '../../journal/journal.js';
import { MemoryState } from '../../state/memory.js';
import { makeConclude } from '../conclude.js';
import { Examiner } from '../examiner.js';
import type { ExaminerOptions } from '../examiner-options.js';
import { SavedRooms } from '../saved-rooms.js';

export const device = deviceId('moving');

type OpenMessage = Extract<VerifierMessage, { type: 'exam.open' }>;

/** Verifiers that share a hot state and a record, and one device that says only what a test lets it say. */
export function openFleet({
  check = (async () => ({ right: 1, code: 'proof.complete' })) as ExaminerOptions['check'],
} = {}) {
  const state = new MemoryState(systemClock);
  const record: Fact[] = [];
  const log = { error: vi.fn() };
  let page = 0;
  let verifiers = 0;
  let workedMs = 0;

  /** A verifier as it starts, with all that is on record. */
  function startVerifier(checkHere = check, isHere = () => true) {
    // Each process counts from an instant of its own; days lie between them here.
    const zero = verifiers++ * 1e8;
    const clock = {
      now: () => Date.now() + workedMs,
      monotonic: () => performance.now() + workedMs + zero,
    };
    const exams = () => record.filter((fact): fact is ExamFact => fact.kind === 'exam.finished').toReversed();
    const devices = new Devices(
      [
        {
          device,
          enrolment: enrolled(device, 0),
          firstEnrolledAt: 0,
          status: 'verified',
          statusSince: 0,
          reasons: [],
          lastExamAt: Date.now(),
          lastPassedAt: Date.now(),
        },
      ],
      {
        outcomes: async () => exams().toReversed(),
        exams: async () => exams(),
        network: async () => null,
      },
    );
    const hub = new Hub();
    const append = async (facts: readonly Fact[]) => {
      record.push(...facts);
    };
    const recorder = new Recorder({ append } as unknown as Journal, devices);
    const examiner: Examiner = new Examiner({
      clock,
      random: (length) => new Uint8Array(randomBytes(length)),
      uniform: () => 0.9999,
      catalogue: { classes: [givenClass('cpu', 'cpu', { gflops: 1 })] },
      hub,
      devices,
      recorder,
      serial: new Serial(),
      check: checkHere,
      // Each draw is another one.
      draw: { compute: () => [{ round: 0, page: page++ }], memory: () => [] },
      measureNetwork: async () => null,
      lagBetween: () => 0,
      conclude: makeConclude({
        clock,
        catalogue: { classes: [] },
        devices,
        recorder,
        hub,
        commitMs: 60_000,
        observe: () => {},
      }),
      isHere,
      whenShown: (_, then) => then(),
      concluded: () => {},
      saved: new SavedRooms({ state, clock, log }),
      cohortMs: 1,
      examSeconds: 1,
      times: { armMs: 60_000, commitMs: 60_000, revealMs: 60_000 },
      log,
    });
    const sent: VerifierMessage[] = [];
    const send = (message: VerifierMessage) => sent.push(message) > 0;
    const connection = {
      device,
      send,
      prepare: (message: VerifierMessage) => () => send(message),
      close: () => {},
      roundTripMs: 1,
      lastSeenAt: 0,
    } as unknown as Connection;
    const last = <T extends VerifierMessage['type']>(type: T) =>
      sent.findLast((message) => message.type === type) as Extract<VerifierMessage, { type: T }> | undefined;
    const say = (message: object) =>
      examiner.receive(device, message as Parameters<Examiner['receive']>[1], clock.monotonic());
    const about = (exam: string) => ({ exam, card: 0, part: 'compute' });

    return {
      examiner,
      sent,
      async connect() {
        await examiner.arrive(device);
        hub.add(connection);
        await examiner.connected(device);
      },
      /** Waits for the question that it owes the answer to. */
      async toOpen() {
        await vi.waitFor(() => expect(last('exam.open')).toBeDefined(), { interval: 1 });
      },
      /** As when the device asks for another home: its line ends first. */
      async letGo() {
        hub.remove(connection);
        examiner.disconnected(device);
        await examiner.leave(device);
      },
      /** The process is gone, with all that it had in memory; what it had begun to save is saved. */
      async die() {
        await new Promise(setImmediate);
        await new Promise(setImmediate);
        hub.remove(connection);
        examiner.close();
      },
      async toArm() {
        const before = sent.length;
        await vi.waitFor(
          () => expect(sent.slice(before).some(({ type }) => type === 'exam.arm')).toBe(true),
          {
            interval: 1,
          },
        );
      },
      async toGo() {
        const before = sent.filter(({ type }) => type === 'exam.go').length;
        await vi.waitFor(() => expect(last('exam.arm')).toBeDefined(), { interval: 1 });
        const armed = last('exam.arm');
        const engine = enrolled(device, 0).cards[0]?.engine;
        expect(say({ type: 'exam.ready', ...about(armed?.exam ?? ''), engine })).toBeNull();
        await vi.waitFor(
          () => expect(sent.filter(({ type }) => type === 'exam.go').length).toBeGreaterThan(before),
          { interval: 1 },
        );
      },
      /** After as long as a card of its class needs. */
      async commit() {
        workedMs += 1_000;
        const before = sent.length;
        const [go, armed] = [last('exam.go'), last('exam.arm')?.cards[0]];
        const roots = Array.from({ length: armed?.shape.rounds ?? 0 }, () => 'ab'.repeat(32));
        expect(
          say({ type: 'exam.commit', ...about(go?.exam ?? ''), seed: go?.cards[0]?.seed, roots }),
        ).toBeNull();
        await vi.waitFor(
          () => expect(sent.slice(before).some(({ type }) => type === 'exam.open')).toBe(true),
          { interval: 1 },
        );
      },
      reveal() {
        const exam = last('exam.open')?.exam ?? '';
        expect(say({ type: 'exam.reveal', ...about(exam), reveals: [] })).toBeNull();
      },
      opened: (): OpenMessage | undefined => last('exam.open'),
      examOf: () => last('exam.arm')?.exam,
    };
  }

  const exams = () => record.filter((fact): fact is ExamFact => fact.kind === 'exam.finished');
  const ended = async () => {
    await vi.waitFor(() => expect(exams().length).toBeGreaterThan(0), { interval: 1 });
    return exams();
  };
  return { startVerifier, record, exams, ended, state, log };
}

export type Verifier = ReturnType<ReturnType<typeof openFleet>['startVerifier']>;
