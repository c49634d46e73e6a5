import { describe, expect, it } from 'vitest';
import { decodeText, isBinary } from './decode.js';

const text = 'GPU 0: NVIDIA GeForce RTX™ 3080\r\n';
const utf16 = Buffer.from(text, 'utf16le');
const swapped = Buffer.from(utf16).swap16();

describe('the text of a capture', () => {
  it.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with its mark', Buffer.from(`\ufeff${text}`)],
    ["UTF-16, as Windows' shell writes it", Buffer.concat([Buffer.from([0xff, 0xfe]), utf16])],
    ['UTF-16 the other way round', Buffer.concat([Buffer.from([0xfe, 0xff]), swapped])],
    ['UTF-16 without a mark', utf16],
    [
      'UTF-16 with half a letter at its end',
      Buffer.concat([Buffer.from([0xfe, 0xff]), swapped, Buffer.from([1])]),
    ],
  ])('is read from %s', (_, bytes) => {
    expect(decodeText(bytes).replace('\ufffd', '')).toBe(text);
  });

  it('is told from what is none', () => {
    expect(isBinary(decodeText(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 1])))).toBe(true);
    expect(isBinary(decodeText(Buffer.from([])))).toBe(false);
    expect(decodeText(Buffer.from([0xff, 0xfe]))).toBe('');
    expect(decodeText(Buffer.from([0xc3, 0x28]))).toBe('\ufffd(');
  });
});
