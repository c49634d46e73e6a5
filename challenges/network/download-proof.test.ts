import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat } from '../../protocol/bytes.js';
import { DownloadProof } from './download-proof.js';
import { MarkedHash } from './marked-hash.js';
import { StreamSource } from './stream-source.js';

const seed = new Uint8Array(32).fill(9);
const size = fc.integer({ min: 1, max: 5_000 });
const sizes = fc.array(size, { minLength: 1, maxLength: 40 });

/** All of a transfer, cut into chunks of the given lengths over and over. */
function cut(bytes: number, lengths: readonly number[]): Uint8Array[] {
  const source = new StreamSource(seed, 'download', bytes);
  const chunks: Uint8Array[] = [];
  for (let i = 0; ; i += 1) {
    const chunk = source.next(lengths[i % lengths.length] ?? 1);
    if (chunk === null) return chunks;
    chunks.push(chunk);
  }
}

describe('a download', () => {
  it('has the same marks however it is cut into frames', () => {
    fc.assert(
      fc.property(size, size, sizes, (bytes, every, lengths) => {
        const hash = new MarkedHash(bytes, every);
        const marks = cut(bytes, lengths).flatMap((chunk) => hash.take(chunk) ?? []);
        const whole = concat(...cut(bytes, [bytes]));
        const at = Array.from({ length: Math.ceil(bytes / every) }, (_, i) =>
          Math.min(bytes, (i + 1) * every),
        );
        expect(marks).toEqual(
          at.map((mark) => ({
            bytes: mark,
            sha256: createHash('sha256').update(whole.subarray(0, mark)).digest('hex'),
          })),
        );
      }),
    );
  });

  it('is proven by a device that got it, mark by mark', () => {
    fc.assert(
      fc.property(size, size, sizes, (bytes, every, lengths) => {
        const proof = new DownloadProof(bytes, every);
        const device = new MarkedHash(bytes, every);
        for (const chunk of cut(bytes, lengths)) {
          proof.sends(chunk);
          for (const mark of device.take(chunk) ?? []) {
            expect(proof.accepts(mark)).toBe(true);
            expect(proof.proven).toBe(mark.bytes);
          }
        }
        expect(proof.proven).toBe(bytes);
      }),
    );
  });

  it('is not proven by a report of what was not sent yet, of another place or of another hash', () => {
    const [first = new Uint8Array(), second = new Uint8Array()] = cut(200, [100]);
    const future = new MarkedHash(200, 100);
    const marks = [...(future.take(first) ?? []), ...(future.take(second) ?? [])];
    const proof = new DownloadProof(200, 100);
    expect(marks.map((mark) => proof.accepts(mark))).toEqual([false, false]);
    proof.sends(first);
    expect(marks.map((mark) => proof.accepts(mark))).toEqual([true, false]);
    expect(proof.accepts({ bytes: 100, sha256: marks[1]?.sha256 ?? '' })).toBe(false);
    expect(proof.accepts({ bytes: 50, sha256: marks[0]?.sha256 ?? '' })).toBe(false);
    expect(proof.accepts({ bytes: -1, sha256: '' })).toBe(false);
    expect(proof.proven).toBe(100);
  });

  it('does not take back what was proven for an old report that comes again', () => {
    const proof = new DownloadProof(200, 100);
    const device = new MarkedHash(200, 100);
    const marks = cut(200, [100]).flatMap((chunk) => {
      proof.sends(chunk);
      return device.take(chunk) ?? [];
    });
    expect([...marks, ...marks].map((mark) => proof.accepts(mark))).toEqual([true, true, true, true]);
    expect(proof.proven).toBe(200);
  });

  it('takes no more than was announced', () => {
    const device = new MarkedHash(100, 10);
    expect(device.take(new Uint8Array(101))).toBeNull();
    expect(device.take(new Uint8Array(100))).toHaveLength(10);
    expect(device.take(new Uint8Array(1))).toBeNull();
    expect(device.take(new Uint8Array(0))).toEqual([]);
    expect(() => new DownloadProof(10, 10).sends(new Uint8Array(11))).toThrow(RangeError);
  });
});
