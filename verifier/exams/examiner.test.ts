import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TouchstoneError } from '../../protocol/error.js';
import type { VerifierMessage } from '../../protocol/messages/wire.js';
import type { DeviceStatus } from '../../protocol/status.js';
import { givenClass } from '../../scoring/catalogue/given.js';
import type { ExamFact } from '../../scoring/facts/facts.js';
import { deviceId, enrolled, exam as examFact } from '../../scoring/testing/facts.js';
import { type Connection, Hub } from '../connections/hub.js';
import { Devices } from '../devices/devices.js';
import { Recorder } from '../devices/recorder.js';
import { Serial } from '../devices/serial.js';
import type { Journal } from '../journal/journal.js';
import type { Conclude } from './conclude.js';
import { Examiner } from './examiner.js';
import type { ExaminerOptions } from './examiner-options.js';
import { leadMs, type Pause, spreadMs } from './pauses.js';

const device = deviceId('examined');
const hour = 3600_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** An examiner over one device, whose only card declines every exam: an exam ends as soon as it has begun. */
function office({
  status = 'verified' as DeviceStatus,
  conclude = (async () => [examFact(device, 1)]) as Conclude,
  whenShown = ((_, then) => then()) as ExaminerOptions['whenShown'],
  pausesOf = (() => []) as NonNullable<ExaminerOptions['pausesOf']>,
  recordAway = (): boolean => false,
} = {}) {
  const record = {
    device,
    enrolment: enrolled(device, 0),
    firstEnrolledAt: 0,
    status,
    statusSince: 0,
    reasons: [],
    lastExamAt: Date.now(),
    lastPassedAt: Date.now(),
  };
  const devices = new Devices([record], {
    async outcomes() {
      if (recordAway()) throw new TouchstoneError('storage.unreachable');
      return [{ outcome: 'passed', card: 0, at: 1, gflops: null, class: null }];
    },
    exams: async () => [],
    network: async () => null,
  });
  const hub = new Hub();
  const exams: string[] = [];
  const concluded: (readonly ExamFact[])[] = [];
  const whileConcluded: boolean[] = [];
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  const recorder = new Recorder({ append: async () => {} } as unknown as Journal, devices);
  const examiner: Examiner = new Examiner({
    clock,
    random: (length) => new Uint8Array(randomBytes(length)),
    // The plan's longest: no routine exam comes for 23 hours.
    uniform: () => 0.9999,
    catalogue: { classes: [givenClass('cpu', 'cpu', { gflops: 1 })] },
    hub,
    devices,
    recorder,
    serial: new Serial(),
    check: async () => ({ right: 0, code: 'proof.wrong-page' }),
    draw: { compute: () => [], memory: () => [] },
    measureNetwork: async () => null,
    lagBetween: () => 0,
    conclude,
    whenShown,
    pausesOf,
    concluded: (_, facts) => {
      concluded.push(facts);
      whileConcluded.push(examiner.examining(device));
    },
    cohortMs: 1000,
    examSeconds: 1,
    times: { armMs: 1000, commitMs: 1000, revealMs: 1000 },
    log: { error: () => {} },
  });
  const send = (message: VerifierMessage) => {
    if (message.type !== 'exam.arm') return true;
    exams.push(message.exam);
    const decline = { type: 'exam.decline', card: 0, part: 'compute', message: 'no' } as const;
    queueMicrotask(() => examiner.receive(device, { ...decline, exam: message.exam }, performance.now()));
    return true;
  };
  const connection = {
    device,
    send,
    prepare: (message: VerifierMessage) => () => send(message),
    close: () => {},
    roundTripMs: 1,
    lastSeenAt: 0,
  } as unknown as Connection;
  const connect = async () => {
    hub.add(connection);
    await examiner.connected(device);
  };
  const disconnect = () => {
    hub.remove(connection);
    examiner.disconnected(device);
  };
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  return { examiner, connect, disconnect, exams, concluded, whileConcluded, pass };
}

it('keeps the line of a device whose record is away, and plans its exam when that is back', async () => {
  let away = true;
  const { connect, exams, pass } = office({ status: 'enrolled', recordAway: () => away });
  await connect();
  await pass(hour);
  expect(exams).toEqual([]);
  away = false;
  await pass(60_000);
  expect(exams).not.toEqual([]);
});

describe('an exam in a pause', () => {
  const pauses: Pause[] = [];
  beforeEach(() => pauses.splice(0));
  const pausesOf = () => pauses;

  it('is not begun, though something speaks against the device, and comes after it', async () => {
    const { examiner, connect, exams, pass } = office({ pausesOf });
    pauses.push({ from: Date.now() + hour, to: Date.now() + 2 * hour });
    await connect();
    await pass(hour - leadMs);
    examiner.soon(device);
    await pass(hour + leadMs - 1000);
    expect(exams).toEqual([]);
    await pass(spreadMs + 3000);
    expect(exams).toHaveLength(1);
  });

  it('is not begun where the pause was declared after it had been planned', async () => {
    const { connect, exams, pass } = office({ pausesOf });
    await connect();
    await pass(22 * hour);
    pauses.push({ from: Date.now() + hour, to: Date.now() + 3 * hour });
    await pass(3 * hour - 1000);
    expect(exams).toEqual([]);
    await pass(spreadMs + 3000);
    expect(exams).not.toEqual([]);
  });

  it('is begun where somebody asked for it: a lease ends when it ends', async () => {
    const { examiner, connect, exams, pass } = office({ pausesOf });
    pauses.push({ from: Date.now(), to: Date.now() + hour });
    await connect();
    void examiner.examineNow(device);
    await pass(2000);
    expect(exams).toHaveLength(1);
  });
});

describe('an exam that somebody asks for', () => {
  it('comes with the next cohort, and its facts with it', async () => {
    const { examiner, connect, exams, pass } = office();
    await connect();
    await pass(hour);
    expect(exams).toEqual([]);
    const asked = examiner.examineNow(device);
    await pass(1100);
    expect(exams).toHaveLength(1);
    expect(await asked).toMatchObject([{ kind: 'exam.finished', device }]);
  });

  it('waits for a device that is away', async () => {
    const { examiner, connect, disconnect, exams, pass } = office();
    await connect();
    disconnect();
    let answered = false;
    const asked = examiner.examineNow(device).then((facts) => {
      answered = true;
      return facts;
    });
    await pass(hour);
    expect(answered).toBe(false);
    await connect();
    await pass(1100);
    expect(exams).toHaveLength(1);
    expect(await asked).toHaveLength(1);
  });

  it('waits while an outage is shown, for which the device needs its table', async () => {
    const waiting: (() => void)[] = [];
    const { examiner, connect, exams, pass } = office({ whenShown: (_, then) => waiting.push(then) });
    await connect();
    const asked = examiner.examineNow(device);
    await pass(hour);
    expect(exams).toEqual([]);
    expect(examiner.examining(device)).toBe(false);
    for (const go of waiting) go();
    await pass(1100);
    expect(exams).toHaveLength(1);
    expect(await asked).toHaveLength(1);
  });

  it('is the one that runs already', async () => {
    const { examiner, connect, exams, pass } = office();
    await connect();
    const asked = [examiner.examineNow(device), examiner.examineNow(device)];
    await pass(500);
    expect(examiner.examining(device)).toBe(true);
    asked.push(examiner.examineNow(device));
    await pass(5_000);
    expect((await Promise.all(asked)).map((facts) => facts?.length)).toEqual([1, 1, 1]);
    expect(exams).toHaveLength(1);
  });

  it.each(['quarantined', 'retired'] as const)('never comes for a device that is %s', async (status) => {
    const { examiner, connect } = office({ status });
    await connect();
    expect(await examiner.examineNow(device)).toBeNull();
    expect(await examiner.examineNow(deviceId('never enrolled'))).toBeNull();
  });

  it('is answered with nothing where it could not be recorded, and where we close', async () => {
    const { examiner, connect, pass } = office({
      conclude: async () => {
        throw new Error('the journal is full');
      },
    });
    await connect();
    const asked = examiner.examineNow(device);
    await pass(1100);
    expect(await asked).toBeNull();
    const last = examiner.examineNow(device);
    examiner.close();
    expect(await last).toBeNull();
    expect(await examiner.examineNow(device)).toBeNull();
  });
});

describe('a device in doubt', () => {
  it('is examined at once, and only once', async () => {
    const { examiner, connect, exams, pass } = office();
    await connect();
    examiner.soon(device);
    examiner.soon(device);
    await pass(hour);
    expect(exams).toHaveLength(1);
  });

  it('does not get out of it by losing its line', async () => {
    const { examiner, connect, disconnect, exams, pass } = office();
    await connect();
    examiner.soon(device);
    disconnect();
    await pass(hour);
    await connect();
    await pass(1100);
    expect(exams).toHaveLength(1);
  });

  it.each(['rejected', 'quarantined', 'examining'] as const)(
    'is not hurried where it is %s',
    async (status) => {
      const { examiner, connect, exams, pass } = office({
        status,
        conclude: async () => [examFact(device, 1, { outcome: 'failed' })],
      });
      await connect();
      const before = exams.length;
      examiner.soon(device);
      await pass(status === 'examining' ? 0 : 1100);
      expect(exams.length - before).toBe(0);
    },
  );
});

describe('a device that is held', () => {
  it('gets no exam of its own, however long, and gets them again afterwards', async () => {
    const { examiner, connect, exams, pass } = office();
    examiner.hold(device, true);
    await connect();
    await pass(100 * hour);
    examiner.soon(device);
    await pass(hour);
    expect(exams).toEqual([]);
    examiner.hold(device, false);
    await pass(1100);
    expect(exams).toHaveLength(1);
  });

  it('gets the exam that is asked for, and none after it', async () => {
    const { examiner, connect, exams, pass } = office();
    await connect();
    examiner.hold(device, true);
    const asked = examiner.examineNow(device);
    await pass(1100);
    expect(await asked).toHaveLength(1);
    await pass(100 * hour);
    expect(exams).toHaveLength(1);
  });
});

it('tells of every exam when it is on record and the device is free again', async () => {
  const { examiner, connect, concluded, whileConcluded, pass } = office();
  await connect();
  examiner.soon(device);
  await pass(1100);
  expect(concluded).toHaveLength(1);
  expect(whileConcluded).toEqual([false]);
});
