import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { toBase64 } from '../bytes.js';
import { limits } from '../limits.js';
import { ExamReveal } from './exam.js';

const exam = `ex_${'f'.repeat(32)}`;

/** The longest reveal that an honest device can be asked for. */
function largest(part: 'compute' | 'memory', leaves: number): unknown {
  const opening =
    part === 'compute'
      ? { round: limits.rounds - 1, page: limits.pages - 1 }
      : { round: limits.rounds - 1, walker: limits.walkers - 1 };
  const leaf = toBase64(new Uint8Array(1024));
  const path = toBase64(new Uint8Array(32 * Math.log2(leaves)));
  const reveals = Array.from({ length: limits.openings }, () => ({ ...opening, leaf, path }));
  return { type: 'exam.reveal', exam, card: limits.cards - 1, part, reveals };
}

describe('a reveal', () => {
  it.each([
    ['compute', limits.pages / 64],
    ['memory', limits.walkers / 256],
  ] as const)('of the largest %s exam is at most 64 KiB on the line', (part, leaves) => {
    const message = largest(part, leaves);
    expect(Value.Check(ExamReveal, message)).toBe(true);
    expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThanOrEqual(64 * 1024);
  });
});
