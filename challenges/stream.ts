import { createCipheriv, createHash } from 'node:crypto';
import { concat } from '../protocol/bytes.js';

const blockBytes = 16;
const utf8 = new TextEncoder();

/**
 * `length` bytes of `stream(seed, label)` from byte `offset` (docs/protocol.md, notation): the AES-256-CTR keystream with
 * key `SHA-256(seed ‖ utf8(label))` and a 16-byte big-endian counter that starts at 0. Any part costs the same as
 * its length, so a verifier reads only what it needs.
 * @throws RangeError when `offset` or `length` is negative or not an integer: these are never a device's numbers
 */
export function stream(seed: Uint8Array, label: string, offset: number, length: number): Uint8Array {
  if (!Number.isSafeInteger(offset) || offset < 0) throw new RangeError(`stream offset ${offset}`);
  if (!Number.isSafeInteger(length) || length < 0) throw new RangeError(`stream length ${length}`);
  const key = createHash('sha256')
    .update(concat(seed, utf8.encode(label)))
    .digest();
  const skipped = offset % blockBytes;
  const cipher = createCipheriv('aes-256-ctr', key, counterBlock((offset - skipped) / blockBytes));
  const keystream = cipher.update(new Uint8Array(skipped + length));
  return new Uint8Array(keystream.buffer, keystream.byteOffset + skipped, length);
}

/** The same bytes, each as one two's-complement value. */
export function streamInt8(seed: Uint8Array, label: string, offset: number, length: number): Int8Array {
  const bytes = stream(seed, label, offset, length);
  return new Int8Array(bytes.buffer, bytes.byteOffset, length);
}

function counterBlock(block: number): Uint8Array {
  const counter = new Uint8Array(blockBytes);
  new DataView(counter.buffer).setBigUint64(8, BigInt(block));
  return counter;
}
