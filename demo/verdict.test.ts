import { describe, expect, it } from 'vitest';
import type { DeviceStatus } from '../protocol/status.js';
import { type JudgedLease, judge, type LeaseTruth, type Truth } from './verdict.js';

const verdict = (status: DeviceStatus) => ({ status, class: 'rtx-4090', reasons: ['exam.passed'] });
const wrong = (truth: Truth, status: DeviceStatus | null) =>
  judge([{ name: 'a', truth, verdict: status && verdict(status) }], []).wrong;

describe('the truth held against the verdicts', () => {
  it('finds nothing wrong where the honest are verified and the fake are not', () => {
    expect(wrong('honest', 'verified')).toBe(0);
    for (const status of ['rejected', 'quarantined', 'suspended'] as const)
      expect(wrong('fake', status)).toBe(0);
  });

  it('counts every honest device that was refused', () => {
    for (const status of ['rejected', 'quarantined', 'suspended', 'retired'] as const)
      expect(wrong('honest', status)).toBe(1);
  });

  it('counts a fake device that was verified', () => {
    expect(wrong('fake', 'verified')).toBe(1);
  });

  it('counts a device without a verdict, whatever it is', () => {
    for (const truth of ['honest', 'fake'] as const)
      for (const status of ['enrolled', 'examining', null] as const) expect(wrong(truth, status)).toBe(1);
  });

  it('answers with each device and what was said of it', () => {
    expect(judge([{ name: 'a', truth: 'honest', verdict: verdict('verified') }], [])).toEqual({
      devices: [
        { name: 'a', truth: 'honest', status: 'verified', class: 'rtx-4090', reasons: ['exam.passed'] },
      ],
      leases: [],
      wrong: 0,
    });
  });

  it('counts an honest lease that is not whole, and one sold twice that nobody found', () => {
    const lease = (truth: LeaseTruth, verdict: JudgedLease['verdict']) =>
      judge([], [{ name: 'a', truth, verdict, confidence: 1, reasons: [] }]).wrong;
    expect(lease('honest', 'whole')).toBe(0);
    for (const found of ['contended', 'not-whole'] as const) expect(lease('sold twice', found)).toBe(0);
    for (const other of ['contended', 'not-whole', 'absent', 'unproven', null] as const)
      expect(lease('honest', other)).toBe(1);
    for (const missed of ['whole', 'absent', 'unproven', null] as const)
      expect(lease('sold twice', missed)).toBe(1);
  });
});
