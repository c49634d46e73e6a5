import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../stream.js';
import { UploadCheck } from './upload-check.js';

const seed = new Uint8Array(32).fill(5);
const bytes = 150_000;
const right = stream(seed, 'upload', 0, bytes);
const lengths = fc.array(fc.integer({ min: 0, max: 70_000 }), { minLength: 1, maxLength: 30 });

/** The first frame of these lengths that is refused, or -1. */
function firstRefused(check: UploadCheck, sent: Uint8Array, cuts: readonly number[]): number {
  let at = 0;
  for (const [i, length] of [...cuts, bytes].entries()) {
    const frame = sent.subarray(at, at + length);
    if (!check.accepts(frame)) return i;
    at += frame.length;
  }
  return -1;
}

describe('an upload', () => {
  it('is complete when all its bytes have come, however they are cut into frames', () => {
    fc.assert(
      fc.property(lengths, (cuts) => {
        const check = new UploadCheck(seed, bytes);
        expect(firstRefused(check, right, cuts)).toBe(-1);
        expect(check.right).toBe(bytes);
        expect(check.complete).toBe(true);
      }),
    );
  });

  it('counts nothing from the frame on that has a wrong byte', () => {
    fc.assert(
      fc.property(lengths, fc.nat(bytes - 1), fc.integer({ min: 1, max: 255 }), (cuts, at, flip) => {
        const check = new UploadCheck(seed, bytes);
        const sent = right.slice();
        sent[at] = (sent[at] ?? 0) ^ flip;
        expect(firstRefused(check, sent, cuts)).toBeGreaterThanOrEqual(0);
        expect(check.right).toBeLessThanOrEqual(at);
        expect(check.complete).toBe(false);
        // What would have been right comes too late.
        const before = check.right;
        expect(check.accepts(right.subarray(before, before + 1))).toBe(false);
        expect(check.right).toBe(before);
      }),
    );
  });

  it('has no byte more than was asked', () => {
    const check = new UploadCheck(seed, 100);
    expect(check.accepts(stream(seed, 'upload', 0, 101))).toBe(false);
    expect(check.right).toBe(0);
    const full = new UploadCheck(seed, 100);
    expect(full.accepts(stream(seed, 'upload', 0, 100))).toBe(true);
    expect(full.accepts(stream(seed, 'upload', 100, 1))).toBe(false);
  });

  it('is of this seed and this direction', () => {
    expect(new UploadCheck(seed, 100).accepts(stream(seed, 'download', 0, 100))).toBe(false);
    const other = new Uint8Array(32).fill(6);
    expect(new UploadCheck(other, 100).accepts(right.subarray(0, 100))).toBe(false);
  });
});
