import { describe, expect, it } from 'vitest';
import type { ProbeResult } from './probe-step.js';
import { probeVerdict, type VerdictContext } from './probe-verdict.js';

const context: VerdictContext = { deadlineMs: 120, slowInARow: 0, collided: false, doubt: null };
const answer = { reveals: [], load: null, signature: '' };

function checked(changes: {
  elapsedMs?: number;
  lagMs?: number;
  pingMs?: number;
  right?: number;
  code?: Extract<ProbeResult, { kind: 'checked' }>['code'];
}): ProbeResult {
  const { elapsedMs = 100, lagMs = 0, pingMs = 20, right = 1, code = 'proof.complete' } = changes;
  const openings = [{ round: 0, walker: 0 }];
  const commitment = { roundTripMs: 20, lagMs, pingMs, elapsedMs, roots: [], openings };
  return { kind: 'checked', commitment, answer, right, code };
}
const silent = (pingMs: number): ProbeResult => ({
  kind: 'ended',
  code: 'probe.missed',
  commitment: null,
  silence: { roundTripMs: 20, lagMs: 0, pingMs, elapsedMs: 10_000 },
});
const noTable: ProbeResult = { kind: 'ended', code: 'probe.no-table', commitment: null, silence: null };
const codeOf = (result: ProbeResult, changes: Partial<VerdictContext> = {}) =>
  probeVerdict(result, { ...context, ...changes }).code;

describe('an answer', () => {
  it('in time is passed, the line not counted', () => {
    expect(probeVerdict(checked({ elapsedMs: 139 }), context)).toEqual({
      outcome: 'passed',
      code: 'probe.passed',
    });
    expect(codeOf(checked({ elapsedMs: 141 }))).toBe('probe.late');
  });

  it('that is wrong is wrong, however slow the line was and whatever came between', () => {
    const wrong = checked({ right: 0, code: 'proof.wrong-walk', elapsedMs: 900, pingMs: 900 });
    expect(codeOf(wrong, { collided: true })).toBe('probe.wrong-walk');
    expect(codeOf(checked({ right: 0, code: 'proof.wrong-path' }))).toBe('probe.wrong-reveal');
  });

  it('that came late by the line alone is asked anew, twice', () => {
    // Late by 100: the ping has to be slow by 50.
    const late = (pingMs: number) => checked({ elapsedMs: 240, pingMs });
    expect(codeOf(late(69))).toBe('probe.late');
    expect(probeVerdict(late(70), context)).toEqual({ outcome: 'unanswered', code: 'probe.slow-line' });
    expect(codeOf(late(70), { slowInARow: 1 })).toBe('probe.slow-line');
    expect(codeOf(late(70), { slowInARow: 2 })).toBe('probe.late');
  });

  it('that we may have held up is ours', () => {
    expect(codeOf(checked({ elapsedMs: 240, lagMs: 100 }))).toBe('probe.ours');
    expect(codeOf(checked({ elapsedMs: 240, lagMs: 99 }))).toBe('probe.late');
  });
});

describe('silence', () => {
  it('is the card’s where the ping came back, and the line’s where it did not', () => {
    expect(codeOf(silent(20))).toBe('probe.missed');
    expect(codeOf(silent(10_000))).toBe('probe.slow-line');
    expect(codeOf(silent(10_000), { slowInARow: 2 })).toBe('probe.late');
  });

  it('is nobody’s where an exam came between', () => {
    expect(codeOf(silent(20), { collided: true })).toBe('probe.ours');
  });
});

describe('a table that is gone', () => {
  it.each([
    ['probe.no-table', {}],
    ['probe.ours', { collided: true }],
    ['probe.ours', { doubt: 'ours' }],
    ['probe.unanswered', { doubt: 'line' }],
  ] as const)('is called %s with %o', (code, changes) => {
    expect(codeOf(noTable, changes)).toBe(code);
  });
});
