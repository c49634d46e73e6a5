import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../protocol/bytes.js';
import { stream, streamInt8, streamPlus128 } from './stream.js';

const seed = new Uint8Array(32).fill(7);

describe('stream', () => {
  it('gives the same bytes wherever reading starts', () => {
    const whole = stream(seed, 'left', 0, 2048);
    fc.assert(
      fc.property(fc.nat(2048), fc.nat(2048), (a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        expect(toHex(stream(seed, 'left', from, to - from))).toBe(toHex(whole.subarray(from, to)));
      }),
    );
  });

  it('carries its counter across 32 bits', () => {
    const boundary = 2 ** 32 * 16;
    const across = stream(seed, 'left', boundary - 16, 32);
    expect(toHex(across.subarray(16))).toBe(toHex(stream(seed, 'left', boundary, 16)));
    expect(toHex(across.subarray(16))).not.toBe(toHex(stream(seed, 'left', 0, 16)));
  });

  it('differs by seed and by label', () => {
    const other = new Uint8Array(32).fill(8);
    const streams = [stream(seed, 'left', 0, 32), stream(seed, 'right', 0, 32), stream(other, 'left', 0, 32)];
    expect(new Set(streams.map(toHex)).size).toBe(3);
  });

  it('reads each byte as one two’s-complement value', () => {
    const bytes = stream(seed, 'bias', 5, 64);
    expect([...streamInt8(seed, 'bias', 5, 64)]).toEqual(
      [...bytes].map((byte) => (byte > 127 ? byte - 256 : byte)),
    );
  });

  it.each([1, 16, 2 ** 16, 2 ** 16 + 5, 2 ** 20])('gives %d bytes as values plus 128', (length) => {
    const target = new Uint8Array(length).fill(9);
    streamPlus128(target, seed, 'matrix/1');
    const values = streamInt8(seed, 'matrix/1', 0, length);
    expect(target.every((byte, at) => byte === (values[at] as number) + 128)).toBe(true);
  });

  it('gives bytes that nobody else has, also where they are more than it keeps zeros for', () => {
    const long = 2 ** 20 + 100;
    const first = stream(seed, 'left', 3, long);
    first.fill(1);
    const again = stream(seed, 'left', 3, long);
    expect(toHex(again.subarray(0, 64))).toBe(toHex(stream(seed, 'left', 3, 64)));
    expect(toHex(again.subarray(-64))).toBe(toHex(stream(seed, 'left', 3 + long - 64, 64)));
  });

  it('refuses a negative or broken offset or length', () => {
    for (const bad of [-1, 0.5, Number.NaN, Infinity]) {
      expect(() => stream(seed, 'left', bad, 1)).toThrow(RangeError);
      expect(() => stream(seed, 'left', 0, bad)).toThrow(RangeError);
    }
  });
});
