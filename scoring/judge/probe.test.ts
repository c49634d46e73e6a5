import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MemoryShape } from '../../protocol/shapes.js';
import { givenClass } from '../catalogue/given.js';
import type { ProofFound } from './check.js';
import { idleBaselineMs, judgeProbe, probeDeadlineMs, probeTimeMs } from './probe.js';
import { quantile } from './quantile.js';

/** Reads 100 MB a round: 100 ms at the lowest bandwidth of 1 GB/s. */
const shape: MemoryShape = {
  n: 1024,
  layers: 8,
  banks: 2,
  bankPages: 65_536,
  rounds: 8,
  walkers: 97_656,
  steps: 1,
};
const memory = { bandwidthGBps: 2, lowGBps: 1, tableGops: 100, bestGops: 1000 };
const cardClass = givenClass('given', 'gpu', { gflops: 1, memoryBytes: 2 ** 30, memory });
const unjudged = givenClass('unjudged', 'gpu', { gflops: 1 });
const complete: ProofFound = { right: 4, opened: 4, code: 'proof.complete' };
const five = (ms: number) => Array<number>(5).fill(ms);

describe('the time of a probe', () => {
  it('is without the whole line, up to the longest there is, and never nothing', () => {
    expect([probeTimeMs(300, 200), probeTimeMs(300, null), probeTimeMs(1000, 5000)]).toEqual([100, 300, 700]);
    expect(probeTimeMs(100, 200)).toBeGreaterThan(0);
  });
});

describe('the deadline of a probe', () => {
  const deadline = (ownMs: readonly number[], more: Partial<Parameters<typeof probeDeadlineMs>[0]> = {}) =>
    probeDeadlineMs({ cardClass, shape, rounds: 2, ownMs, ...more });

  it('is that of the class for the rounds of the probe, until the card has five probes of its own', () => {
    expect(deadline([])).toBeCloseTo(250, 0);
    expect(deadline([], { rounds: 4 })).toBeCloseTo(450, 0);
    expect(deadline(five(10).slice(1))).toBeCloseTo(250, 0);
    expect(deadline(five(10))).toBe(110);
  });

  it('is twice the own median, but a tenth of a second more at least and never later than the class allows', () => {
    expect([50, 100, 120].map((ms) => deadline(five(ms)))).toEqual([150, 200, 240]);
    expect(deadline(five(200))).toBeCloseTo(250, 0);
  });

  it('learns from the last twenty', () => {
    expect(deadline([...Array<number>(30).fill(1000), ...Array<number>(20).fill(20)])).toBe(120);
    expect(deadline([...Array<number>(20).fill(1000), ...Array<number>(9).fill(20)])).toBeCloseTo(250, 0);
  });

  it('is the own one where the class has no figures, and ten seconds where there is none', () => {
    expect(deadline(five(300), { cardClass: unjudged })).toBe(600);
    expect(deadline([], { cardClass: unjudged })).toBe(10_000);
  });

  it('leaves a tenant room on a ballast: the class decides, and a usual time of the card does not', () => {
    expect(deadline(five(10), { purpose: 'ballast' })).toBeCloseTo(400, 0);
    expect(deadline(five(10), { purpose: 'ballast', cardClass: unjudged })).toBe(110);
  });
});

describe('judgeProbe', () => {
  const judge = (changes: Partial<Parameters<typeof judgeProbe>[0]> = {}) =>
    judgeProbe({ elapsedMs: 300, roundTripMs: 200, deadlineMs: 100, proof: complete, ...changes });

  it('passes what is right and in time without its line', () => {
    expect(judge()).toEqual({ outcome: 'passed', code: 'probe.passed' });
    expect(judge({ elapsedMs: 300.1 })).toEqual({ outcome: 'failed', code: 'probe.late' });
    expect(judge({ roundTripMs: null })).toEqual({ outcome: 'failed', code: 'probe.late' });
  });

  it('says of a wrong answer what is wrong, in time or late', () => {
    for (const elapsedMs of [1, 10_000]) {
      const wrong = (proof: ProofFound) => judge({ elapsedMs, proof });
      expect(wrong({ right: 3, opened: 4, code: 'proof.wrong-walk' })).toEqual({
        outcome: 'failed',
        code: 'probe.wrong-walk',
      });
      for (const proof of [
        { right: 0, opened: 4, code: 'proof.wrong-path' },
        { right: 4, opened: 4, code: 'proof.wrong-openings' },
        { right: 3, opened: 4, code: 'proof.complete' },
        { right: 0, opened: 0, code: 'proof.complete' },
      ] as const) {
        expect(wrong(proof)).toEqual({ outcome: 'failed', code: 'probe.wrong-reveal' });
      }
    }
  });

  it('never fails a card that is as fast as its class must be, over whatever line', () => {
    const anyOwn = fc.array(fc.double({ min: 1, max: 1e4, noNaN: true }), { maxLength: 4 });
    fc.assert(
      fc.property(fc.double({ min: 0, max: 300, noNaN: true }), anyOwn, (line, ownMs) => {
        const deadlineMs = probeDeadlineMs({ cardClass, shape, rounds: 2, ownMs });
        expect(judge({ elapsedMs: 200 + line, roundTripMs: line, deadlineMs }).outcome).toBe('passed');
      }),
    );
  });

  it('never fails a card that takes as long as it usually did', () => {
    const times = fc.array(fc.double({ min: 1, max: 200, noNaN: true }), { minLength: 5, maxLength: 40 });
    fc.assert(
      fc.property(times, (ownMs) => {
        const deadlineMs = probeDeadlineMs({ cardClass, shape, rounds: 2, ownMs });
        const elapsedMs = quantile(ownMs.slice(-20), 0.5);
        expect(judge({ elapsedMs, roundTripMs: 0, deadlineMs }).outcome).toBe('passed');
      }),
    );
  });
});

describe('the idle baseline', () => {
  it('is the lower quartile of the last fifty, from five on', () => {
    expect(idleBaselineMs([1, 2, 3, 4])).toBeNull();
    expect(idleBaselineMs([50, 10, 40, 20, 30])).toBe(20);
    expect(idleBaselineMs([...Array<number>(50).fill(1), ...Array<number>(50).fill(7)])).toBe(7);
  });

  it('is not moved by one lucky probe', () => {
    expect(idleBaselineMs([1, 40, 41, 42, 43])).toBe(40);
  });
});

describe('quantile', () => {
  it('lies between two values by their distance, in any order', () => {
    expect([0, 0.25, 0.5, 1].map((share) => quantile([4, 1, 3, 2], share))).toEqual([1, 1.75, 2.5, 4]);
    expect(quantile([7], 0.3)).toBe(7);
    expect(quantile([], 0.5)).toBeNaN();
  });
});
