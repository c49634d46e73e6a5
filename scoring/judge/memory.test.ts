import fc from 'fast-check';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { codeTable, isCode } from '../../protocol/codes/table.js';
import { walkedBytes } from '../../protocol/shapes.js';
import { Check } from '../../protocol/status.js';
import { givenClass } from '../catalogue/given.js';
import { judgeMemory, type MemoryResult } from './memory.js';

const shape = {
  n: 1024,
  layers: 16,
  banks: 8,
  bankPages: 65_536,
  rounds: 16,
  walkers: 32_768,
  steps: 16,
} as const;
const memory = { bandwidthGBps: 100, lowGBps: 40, ceilingGBps: 200, tableGops: 100, bestGops: 1000 };
const card = givenClass('hundred', 'gpu', { gflops: 100, memory });
/** Milliseconds of this walk at a bandwidth. */
const timeAt = (gbps: number) => walkedBytes(shape) / gbps / 1e6;
const result = (gbps: number, changes: Partial<MemoryResult> = {}): MemoryResult => ({
  class: card,
  shape,
  buildMs: 12_000,
  elapsedMs: timeAt(gbps),
  roundTripMs: 0,
  proof: { right: 16, opened: 16, code: 'proof.complete' },
  ...changes,
});
const verdicts = (judged: ReturnType<typeof judgeMemory>) =>
  judged.checks.map(({ check, verdict, code }) => `${check} ${verdict} ${code}`);

describe('judgeMemory', () => {
  it('passes a proven walk within the class, and says what was measured and required', () => {
    const judged = judgeMemory(result(60));
    expect(judged).toMatchObject({ outcome: 'passed', reasons: ['exam.passed'], class: 'hundred' });
    expect(judged.bandwidthGBps).toBeCloseTo(60);
    expect(judged.checks).toMatchObject([
      { check: 'memory.proof', measured: 16, required: 16, relation: 'exactly', unit: 'walkers' },
      { check: 'memory.bandwidth', required: 40, relation: 'at least', unit: 'GB/s', verdict: 'pass' },
      { check: 'memory.ceiling', required: 200, relation: 'at most', unit: 'GB/s', verdict: 'pass' },
      { check: 'memory.build', measured: 12, required: null, unit: 's', verdict: 'not judged' },
    ]);
  });

  it('fails a walk that is slower than the class, which then is no class', () => {
    const judged = judgeMemory(result(39));
    expect(judged).toMatchObject({ outcome: 'failed', reasons: ['bandwidth.below-class'], class: null });
    expect(verdicts(judged)[1]).toBe('memory.bandwidth fail bandwidth.below-class');
  });

  it('calls a walk faster than physics a lie, and a slow one not', () => {
    const judged = judgeMemory(result(201));
    expect(judged).toMatchObject({ outcome: 'failed', reasons: ['bandwidth.above-physics'], class: null });
    expect(codeTable['bandwidth.above-physics'].hard).toBe(true);
    expect(codeTable['bandwidth.below-class'].hard).toBeUndefined();
    expect(codeTable['proof.wrong-walk'].hard).toBe(true);
  });

  it.each([
    'proof.wrong-walk',
    'proof.wrong-path',
    'proof.wrong-leaf-length',
    'proof.wrong-openings',
  ] as const)('gives no class and judges no bandwidth after %s', (code) => {
    const judged = judgeMemory(result(60, { proof: { right: 15, opened: 16, code } }));
    expect(judged).toMatchObject({ outcome: 'failed', reasons: [code], class: null, bandwidthGBps: null });
    expect(verdicts(judged)).toEqual([
      `memory.proof fail ${code}`,
      'memory.bandwidth not judged bandwidth.not-judged',
      'memory.ceiling not judged bandwidth.not-judged',
      'memory.build not judged memory.built',
    ]);
  });

  it.each([
    { right: 15, opened: 16, code: 'proof.complete' as const },
    { right: 0, opened: 0, code: 'proof.complete' as const },
  ])('never passes a proof that says complete with $right of $opened walkers', (proof) => {
    expect(judgeMemory(result(60, { proof }))).toMatchObject({ outcome: 'failed', class: null });
  });

  it('takes the whole line off, up to 300 ms, so that distance does not fail a card', () => {
    const elapsedMs = timeAt(45) + 300;
    expect(judgeMemory(result(45, { elapsedMs, roundTripMs: null })).outcome).toBe('failed');
    expect(judgeMemory(result(45, { elapsedMs, roundTripMs: 300 })).outcome).toBe('passed');
  });

  it('takes no more off than the sizing rule counts: a device may delay its answers to pings', () => {
    const elapsedMs = timeAt(45) + 1000;
    expect(judgeMemory(result(45, { elapsedMs, roundTripMs: 1000 })).outcome).toBe('failed');
  });

  it('says of a walk that is shorter than its line no more than the ceiling', () => {
    const judged = judgeMemory(result(150, { roundTripMs: timeAt(150) + 1 }));
    expect(judged).toMatchObject({ outcome: 'passed', bandwidthGBps: 200 });
  });

  it('shows a memory that nobody has figures for, judges it not, and confirms no GPU by it', () => {
    const unknown = givenClass('new', 'gpu', { gflops: 1 });
    const judged = judgeMemory(result(3, { class: unknown, roundTripMs: 200 }));
    expect(judged).toMatchObject({
      outcome: 'passed',
      reasons: ['exam.passed', 'bandwidth.unmeasured'],
      class: 'unlisted',
    });
    expect(judged.bandwidthGBps).toBeCloseTo(3);
    expect(verdicts(judged)).toEqual([
      'memory.proof pass proof.complete',
      'memory.bandwidth not judged bandwidth.unmeasured',
      'memory.ceiling not judged bandwidth.unmeasured',
      'memory.build not judged memory.built',
    ]);
    const cpu = givenClass('cpu', 'cpu', { gflops: 1 });
    expect(judgeMemory(result(3, { class: cpu })).class).toBe('cpu');
  });

  it('fails an absurd walk by a guess, but confirms no GPU by one', () => {
    const guess = { ...card, memory: card.memory && { ...card.memory, basis: 'prior' as const } };
    expect(judgeMemory(result(30, { class: guess })).outcome).toBe('failed');
    expect(judgeMemory(result(60, { class: guess }))).toMatchObject({
      outcome: 'passed',
      class: 'unlisted',
      reasons: ['exam.passed', 'bandwidth.unmeasured'],
    });
  });

  it('judges every time and line with finite numbers, known codes, and a class only for a pass', () => {
    const time = fc.oneof(fc.double({ min: 0, max: 1e9, noNaN: true }), fc.constantFrom(0, 1e-9));
    const line = fc.option(fc.double({ min: -10, max: 1e9, noNaN: true }));
    const proof = fc.record({
      right: fc.integer({ min: 0, max: 32 }),
      opened: fc.integer({ min: 0, max: 32 }),
      code: fc.constantFrom('proof.complete' as const, 'proof.wrong-walk' as const),
    });
    const classes = fc.constantFrom(card, givenClass('cpu', 'cpu', { gflops: 1 }));
    fc.assert(
      fc.property(classes, time, line, proof, (cardClass, elapsedMs, roundTripMs, shown) => {
        const judged = judgeMemory(result(1, { class: cardClass, elapsedMs, roundTripMs, proof: shown }));
        expect(judged.checks.every((check) => Value.Check(Check, check) && isCode(check.code))).toBe(true);
        expect(judged.class !== null).toBe(judged.outcome === 'passed');
        if (judged.outcome === 'passed')
          expect(shown).toMatchObject({ code: 'proof.complete', right: shown.opened });
        if (judged.bandwidthGBps !== null) {
          const least = walkedBytes(shape) / Math.max(elapsedMs, 0.001) / 1e6;
          expect(judged.bandwidthGBps).toBeGreaterThanOrEqual(least * (1 - 1e-12));
          expect(judged.bandwidthGBps).toBeLessThanOrEqual(Math.max(least, memory.ceilingGBps));
        }
      }),
    );
  });
});
