import { createCipheriv, hash } from 'node:crypto';
import { concat } from '../protocol/bytes.js';

const blockBytes = 16;
const utf8 = new TextEncoder();

/** What the keystream is added to, never written: a fresh one for each call would cost as much as the keystream. */
const zeros = new Uint8Array(2 ** 20 + blockBytes);

/**
 * `length` bytes of `stream(seed, label)` from byte `offset` (docs/protocol.md, notation): the AES-256-CTR keystream with
 * key `SHA-256(seed ‖ utf8(label))` and a 16-byte big-endian counter that starts at 0. Any part costs the same as
 * its length, so a verifier reads only what it needs.
 * @throws RangeError when `offset` or `length` is negative or not an integer: these are never a device's numbers
 */
export function stream(seed: Uint8Array, label: string, offset: number, length: number): Uint8Array {
  if (!Number.isSafeInteger(offset) || offset < 0) throw new RangeError(`stream offset ${offset}`);
  if (!Number.isSafeInteger(length) || length < 0) throw new RangeError(`stream length ${length}`);
  const skipped = offset % blockBytes;
  const cipher = createCipheriv(
    'aes-256-ctr',
    keyOf(seed, label),
    counterBlock((offset - skipped) / blockBytes),
  );
  const total = skipped + length;
  const keystream = cipher.update(total <= zeros.length ? zeros.subarray(0, total) : new Uint8Array(total));
  return new Uint8Array(keystream.buffer, keystream.byteOffset + skipped, length);
}

/** The same bytes, each as one two's-complement value. */
export function streamInt8(seed: Uint8Array, label: string, offset: number, length: number): Int8Array {
  const bytes = stream(seed, label, offset, length);
  return new Int8Array(bytes.buffer, bytes.byteOffset, length);
}

/** As `zeros`, with the highest bit of each byte set; no longer than what an allocator keeps at hand for the result. */
const highBits = new Uint8Array(2 ** 16).fill(0x80);

/**
 * Fills `target` with the first bytes of `stream(seed, label)` read as int8, plus 128, as uint8: what products of uint8 and
 * int8 take for an int8 matrix. Costs no more than the stream: adding 128 flips the highest bit, and a keystream may as
 * well be added to those bits as to zeros.
 */
export function streamPlus128(target: Uint8Array, seed: Uint8Array, label: string): void {
  const cipher = createCipheriv('aes-256-ctr', keyOf(seed, label), counterBlock(0));
  for (let at = 0; at < target.length; at += highBits.length)
    target.set(cipher.update(highBits.subarray(0, target.length - at)), at);
}

const keyOf = (seed: Uint8Array, label: string): Uint8Array =>
  hash('sha256', concat(seed, utf8.encode(label)), 'buffer');

/** 16 bytes, big-endian. */
function counterBlock(block: number): Uint8Array {
  const counter = new Uint8Array(blockBytes);
  const view = new DataView(counter.buffer);
  view.setUint32(8, Math.floor(block / 2 ** 32));
  view.setUint32(12, block % 2 ** 32);
  return counter;
}
