import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hardwareFindingCodes } from '../../protocol/codes/hardware.js';
import type { Code, HardwareFindingCode } from '../../protocol/codes/table.js';
import type { FindingSeverity } from '../../protocol/messages/hardware.js';
import type { DeviceStatus, ExamOutcome } from '../../protocol/status.js';
import type { ExamFact } from '../../scoring/facts/facts.js';
import { finding } from '../../scoring/hardware/finding.js';
import { hardwareReported } from '../../scoring/testing/hardware-facts.js';
import { HardwareBook } from '../hardware/hardware-book.js';
import { decide } from './decide.js';
import type { DeviceState } from './devices.js';
import type { ExamHistory } from './histories.js';
import { transitionTable } from './transitions.js';

const device = '0'.repeat(64);
const claim = { kind: 'gpu', model: 'RTX 4090', memoryBytes: 1, engine: 'onnx-cuda' } as const;

function stateOf(status: DeviceStatus, cards = 1): DeviceState {
  return {
    device,
    enrolment: {
      kind: 'device.enrolled',
      id: 'fa_0',
      at: 0,
      device,
      name: 'x',
      agent: { version: '0', platform: 'x' },
      cards: Array(cards).fill(claim),
    },
    firstEnrolledAt: 0,
    status,
    statusSince: 0,
    reasons: [],
    lastExamAt: null,
    lastPassedAt: null,
  };
}

const exam = (outcome: ExamOutcome, reason: Code, card = 0): ExamFact => ({
  kind: 'exam.finished',
  id: `fa_${card}${outcome}`,
  at: 1,
  device,
  exam: 'ex_1',
  card,
  examKind: 'joint',
  attempts: 1,
  outcome,
  reasons: [reason],
  claim,
  claimedClass: 'rtx-4090',
  class: null,
  engine: null,
  shape: { n: 256, layers: 1, pages: 64, rounds: 1 },
  seed: null,
  roots: [],
  openings: [],
  pagesRight: 0,
  elapsedMs: null,
  roundTripMs: null,
  gflops: null,
  checks: [],
});
const pass = (card = 0) => exam('passed', 'exam.passed', card);
const fail = (card = 0) => exam('failed', 'exam.late', card);

function historyOf(outcomes: readonly ExamOutcome[]): ExamHistory {
  return {
    outcomes: outcomes.map((outcome, at) => ({ outcome, card: 0, at, gflops: null, class: null })),
    latest: new Map(),
    judged: new Map(),
    network: null,
  };
}
const none = historyOf([]);
const now = { at: 5, random: (length: number) => new Uint8Array(randomBytes(length)) };

describe('what an exam decides', () => {
  it('verifies when all cards passed', () => {
    expect(decide(stateOf('examining', 2), none, [pass(0), pass(1)], true, now)).toMatchObject({
      to: 'verified',
    });
  });

  it('says so when a card was left out because no engine runs on it', () => {
    const state = stateOf('examining', 2);
    const cards = [claim, { ...claim, engine: null }];
    const withOut = { ...state, enrolment: { ...state.enrolment, cards } };
    expect(decide(withOut, none, [pass(0)], true, now)).toMatchObject({
      to: 'verified',
      reasons: ['exam.passed', 'card.not-examinable'],
    });
  });

  it('passes on that a class could not be confirmed', () => {
    const unmeasured = { ...pass(), reasons: ['exam.passed', 'rate.unmeasured'] };
    expect(decide(stateOf('examining'), none, [unmeasured], true, now)).toMatchObject({
      to: 'verified',
      reasons: ['exam.passed', 'rate.unmeasured'],
    });
  });

  it('rejects when one card failed, with the reason and the fact it rests on', () => {
    const failed = fail(1);
    expect(decide(stateOf('examining', 2), none, [pass(0), failed], true, now)).toMatchObject({
      to: 'rejected',
      reasons: ['exam.late'],
      evidence: [failed.id],
    });
  });

  it('decides nothing about a card that did not answer, or whose exam we ended', () => {
    for (const outcome of ['unanswered', 'ours'] as const) {
      expect(
        decide(stateOf('examining', 2), none, [pass(0), exam(outcome, 'exam.ours', 1)], true, now),
      ).toBeNull();
    }
  });

  it('quarantines on hard evidence, whatever the status and the other cards', () => {
    for (const status of ['examining', 'verified', 'suspended'] as const) {
      const wrong = exam('failed', 'proof.wrong-page', 1);
      expect(decide(stateOf(status, 2), none, [pass(0), wrong], true, now)).toMatchObject({
        to: 'quarantined',
        reasons: ['proof.wrong-page'],
        evidence: [wrong.id],
      });
    }
  });

  it('keeps a verified device through eight failures in a row and suspends it at the ninth', () => {
    const failures = (count: number) => Array<ExamOutcome>(count).fill('failed');
    expect(decide(stateOf('verified'), historyOf(failures(7)), [fail()], true, now)).toBeNull();
    expect(decide(stateOf('verified'), historyOf(failures(8)), [fail()], true, now)).toMatchObject({
      to: 'suspended',
      reasons: ['integrity.low'],
      thresholds: { integrity: 0.85 },
    });
  });

  it('brings a suspended device back by passing again', () => {
    const before = historyOf([
      ...Array<ExamOutcome>(9).fill('failed'),
      ...Array<ExamOutcome>(5).fill('passed'),
    ]);
    expect(decide(stateOf('suspended'), before, [pass()], true, now)).toMatchObject({ to: 'verified' });
    expect(
      decide(stateOf('suspended'), historyOf(Array<ExamOutcome>(9).fill('failed')), [pass()], true, now),
    ).toBeNull();
  });

  it('decides nothing about hardware that is no longer claimed, but hard evidence stays what it is', () => {
    expect(decide(stateOf('examining'), none, [pass()], false, now)).toBeNull();
    expect(decide(stateOf('examining'), none, [fail()], false, now)).toBeNull();
    const wrong = exam('failed', 'proof.wrong-page');
    expect(decide(stateOf('examining'), none, [wrong], false, now)).toMatchObject({ to: 'quarantined' });
  });

  it('verifies nobody whose integrity is low, however the last exam went', () => {
    const failures = historyOf(Array<ExamOutcome>(20).fill('failed'));
    expect(decide(stateOf('examining'), failures, [pass()], true, now)).toMatchObject({
      to: 'rejected',
      reasons: ['integrity.low'],
    });
  });

  it('never moves a quarantined device by an exam', () => {
    expect(decide(stateOf('quarantined'), none, [pass()], true, now)).toBeNull();
    expect(decide(stateOf('quarantined'), none, [fail()], true, now)).toBeNull();
  });
});

/** What the book says of a device whose report holds this. */
function standing(...found: [HardwareFindingCode, FindingSeverity, (number | null)?][]) {
  const book = new HardwareBook([]);
  const report = hardwareReported(device, 1, {
    findings: found.map(([code, severity, card = 0]) => finding(code, severity, card)),
  });
  book.apply([report]);
  return { report: report.id, standing: book.standing(device) };
}

describe('a card that is a slice by its own word and claimed as a whole one', () => {
  it('rejects at the end of onboarding, with its code, its card and the report that says so', () => {
    const { report, standing: slice } = standing(['hardware.slice-mig', 'refusal', 3]);
    expect(decide(stateOf('examining'), none, [pass()], true, now, slice)).toMatchObject({
      to: 'rejected',
      cause: 'failed',
      reasons: ['hardware.slice-mig'],
      evidence: [report],
      inputs: { card: 3 },
    });
  });

  it('is told with what the exams showed beside', () => {
    const { report, standing: slice } = standing(['hardware.slice-mig', 'refusal']);
    const failed = fail();
    expect(decide(stateOf('examining'), none, [failed], true, now, slice)).toMatchObject({
      reasons: ['hardware.slice-mig', 'exam.late'],
      evidence: [report, failed.id],
    });
  });

  it('decides nothing before its exam has ended, and acquits nobody of hard evidence', () => {
    const { standing: slice } = standing(['hardware.slice-vgpu', 'refusal']);
    const open = exam('unanswered', 'exam.ours');
    expect(decide(stateOf('examining'), none, [open], true, now, slice)).toBeNull();
    const wrong = exam('failed', 'proof.wrong-page');
    expect(decide(stateOf('examining'), none, [wrong], true, now, slice)?.to).toBe('quarantined');
  });

  it('is never verified while it says so', () => {
    const { standing: slice } = standing(['hardware.slice-software', 'refusal']);
    const passes = historyOf(Array<ExamOutcome>(60).fill('passed'));
    for (const status of Object.keys(transitionTable) as DeviceStatus[]) {
      const decided = decide(stateOf(status), passes, [pass()], true, now, slice);
      expect([status, decided?.to]).not.toEqual([status, 'verified']);
    }
  });
});

describe('what is found in a report and is no refusal', () => {
  it('changes no decision, whatever it is, whatever the status and the exams', () => {
    const codes = Object.keys(hardwareFindingCodes) as HardwareFindingCode[];
    const grave: FindingSeverity[] = ['note', 'evidence'];
    const outcomes: ExamOutcome[] = ['passed', 'failed', 'unanswered', 'ours'];
    const statuses = Object.keys(transitionTable) as DeviceStatus[];
    const found = fc.array(fc.tuple(fc.constantFrom(...codes), fc.constantFrom(...grave)), { minLength: 1 });
    fc.assert(
      fc.property(
        found,
        fc.constantFrom(...statuses),
        fc.array(fc.constantFrom(...outcomes), { maxLength: 20 }),
        fc.constantFrom(...outcomes),
        fc.boolean(),
        (findings, status, before, outcome, asClaimed) => {
          const exams = [exam(outcome, outcome === 'passed' ? 'exam.passed' : 'exam.late')];
          const same = { at: 5, random: (length: number) => new Uint8Array(length) };
          const plain = decide(stateOf(status), historyOf(before), exams, asClaimed, same);
          const { standing: stands } = standing(...findings);
          expect(decide(stateOf(status), historyOf(before), exams, asClaimed, same, stands)).toEqual(plain);
        },
      ),
    );
  });
});
