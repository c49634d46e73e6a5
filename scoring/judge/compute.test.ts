import fc from 'fast-check';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { isCode } from '../../protocol/codes/table.js';
import { longestRoundTripMs } from '../../protocol/line.js';
import { computeOperations } from '../../protocol/shapes.js';
import { Check } from '../../protocol/status.js';
import { givenClass } from '../catalogue/given.js';
import { type ComputeResult, judgeCompute } from './compute.js';

const shape = { n: 512, layers: 16, pages: 6400, rounds: 4 } as const;
const card = givenClass('hundred', 'gpu', { gflops: 100, lowGflops: 78, ceilingGflops: 10_000 });
/** Milliseconds of this shape at a rate. */
const timeAt = (gflops: number) => computeOperations(shape) / gflops / 1e6;
const result = (gflops: number, changes: Partial<ComputeResult> = {}): ComputeResult => ({
  class: card,
  engine: 'any',
  shape,
  elapsedMs: timeAt(gflops),
  roundTripMs: 0,
  proof: { right: 32, opened: 32, code: 'proof.complete' },
  ...changes,
});
const verdicts = (judged: ReturnType<typeof judgeCompute>) =>
  judged.checks.map(({ check, verdict, code }) => `${check} ${verdict} ${code}`);

describe('judgeCompute', () => {
  it('passes a proven rate within the class, and says what was measured and required', () => {
    const judged = judgeCompute(result(90));
    expect(judged).toMatchObject({ outcome: 'passed', reasons: ['exam.passed'], class: 'hundred' });
    expect(judged.gflops).toBeCloseTo(90);
    expect(judged.checks).toMatchObject([
      {
        check: 'compute.proof',
        measured: 32,
        required: 32,
        relation: 'exactly',
        unit: 'pages',
        verdict: 'pass',
      },
      { check: 'compute.rate', required: 78, relation: 'at least', unit: 'GFLOP/s', verdict: 'pass' },
      { check: 'compute.ceiling', required: 10_000, relation: 'at most', unit: 'GFLOP/s', verdict: 'pass' },
    ]);
  });

  it('fails a rate below the class, which then is no class', () => {
    const judged = judgeCompute(result(77));
    expect(judged).toMatchObject({ outcome: 'failed', reasons: ['rate.below-class'], class: null });
    expect(verdicts(judged)[1]).toBe('compute.rate fail rate.below-class');
  });

  it('passes a GPU on an engine that nobody has figures for, but confirms no class by a guess', () => {
    const prior = { gflops: 1, lowGflops: 1, ceilingGflops: 10_000, basis: 'prior', source: '' } as const;
    const unmeasured = { ...card, expectations: { ...card.expectations, 'onnx-webgpu': prior } };
    const judged = judgeCompute(result(2, { class: unmeasured, engine: 'onnx-webgpu' }));
    expect(judged).toMatchObject({
      outcome: 'passed',
      class: 'unlisted',
      reasons: ['exam.passed', 'rate.unmeasured'],
    });
    expect(judgeCompute(result(90, { class: unmeasured, engine: 'onnx-cuda' })).class).toBe('hundred');
  });

  it('confirms a GPU on such an engine that is as fast as the class must be on the others: an engine is only a name', () => {
    const prior = { gflops: 1, lowGflops: 1, ceilingGflops: 10_000, basis: 'prior', source: '' } as const;
    const unmeasured = { ...card, expectations: { ...card.expectations, 'onnx-webgpu': prior } };
    const judged = (gflops: number) =>
      judgeCompute(result(gflops, { class: unmeasured, engine: 'onnx-webgpu' }));
    expect(judged(79)).toMatchObject({ outcome: 'passed', reasons: ['exam.passed'], class: 'hundred' });
    expect(judged(77)).toMatchObject({ outcome: 'passed', class: 'unlisted' });
    expect(judged(0.5)).toMatchObject({ outcome: 'failed', reasons: ['rate.below-class'] });
  });

  it('fails a rate above physics', () => {
    const judged = judgeCompute(result(10_001));
    expect(judged).toMatchObject({ outcome: 'failed', reasons: ['rate.above-physics'], class: null });
    expect(verdicts(judged)[1]).toBe('compute.rate pass rate.fits-class');
  });

  it.each([
    'proof.wrong-page',
    'proof.wrong-path',
    'proof.wrong-leaf-length',
    'proof.wrong-openings',
  ] as const)('gives no class and judges no rate after %s', (code) => {
    const judged = judgeCompute(result(90, { proof: { right: 31, opened: 32, code } }));
    expect(judged).toMatchObject({ outcome: 'failed', reasons: [code], class: null, gflops: null });
    expect(verdicts(judged)).toEqual([
      `compute.proof fail ${code}`,
      'compute.rate not judged rate.not-judged',
      'compute.ceiling not judged rate.not-judged',
    ]);
  });

  it.each([
    { right: 31, opened: 32, code: 'proof.complete' as const },
    { right: 0, opened: 0, code: 'proof.complete' as const },
  ])('never passes a proof that says complete with $right of $opened pages', (proof) => {
    expect(judgeCompute(result(90, { proof }))).toMatchObject({
      outcome: 'failed',
      class: null,
      gflops: null,
    });
  });

  it('takes the line off the time, so that distance does not fail a card', () => {
    const elapsedMs = timeAt(80) + 200;
    expect(judgeCompute(result(80, { elapsedMs, roundTripMs: null })).outcome).toBe('failed');
    const judged = judgeCompute(result(80, { elapsedMs, roundTripMs: 200 }));
    expect(judged.outcome).toBe('passed');
    expect(judged.gflops).toBeCloseTo(80);
  });

  it('takes no more off than a true line can have: a device may delay its answers to pings', () => {
    const elapsedMs = timeAt(80) + 1000;
    expect(judgeCompute(result(80, { elapsedMs, roundTripMs: 1000 })).outcome).toBe('failed');
  });

  it('takes nothing off before it calls a card faster than physics', () => {
    // Just allowed as it is; with the line taken off it would be beyond.
    const judged = judgeCompute(result(9_999, { roundTripMs: 1 }));
    expect(judged.outcome).toBe('passed');
  });

  it('judges every time and line with finite numbers, known codes, and a class only for a pass', () => {
    const time = fc.oneof(fc.double({ min: 0, max: 1e9, noNaN: true }), fc.constantFrom(0, 1e-9));
    const line = fc.option(fc.double({ min: -10, max: 1e9, noNaN: true }));
    const proof = fc.record({
      right: fc.integer({ min: 0, max: 64 }),
      opened: fc.integer({ min: 0, max: 64 }),
      code: fc.constantFrom('proof.complete' as const, 'proof.wrong-page' as const),
    });
    fc.assert(
      fc.property(time, line, proof, (elapsedMs, roundTripMs, shown) => {
        const judged = judgeCompute(result(1, { elapsedMs, roundTripMs, proof: shown }));
        expect(judged.checks.every((check) => Value.Check(Check, check) && isCode(check.code))).toBe(true);
        expect(judged.reasons.every(isCode)).toBe(true);
        expect(judged.class !== null).toBe(judged.outcome === 'passed');
        if (judged.outcome === 'passed')
          expect(shown).toMatchObject({ code: 'proof.complete', right: shown.opened });
        if (judged.gflops !== null) {
          expect(judged.gflops).toBeGreaterThan(0);
          expect(judged.gflops).toBeLessThan(Number.POSITIVE_INFINITY);
          const least = computeOperations(shape) / Math.max(elapsedMs, 0.001) / 1e6;
          const most =
            computeOperations(shape) / Math.max(elapsedMs - longestRoundTripMs, elapsedMs / 2, 0.001) / 1e6;
          expect(judged.gflops).toBeGreaterThanOrEqual(least * (1 - 1e-12));
          expect(judged.gflops).toBeLessThanOrEqual(most * (1 + 1e-12));
        }
      }),
    );
  });
});
