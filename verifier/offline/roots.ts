import { fromBase64 } from '../../protocol/bytes.js';

/** Bytes of a root. */
const rootBytes = 32;

/** Roots that follow one another, as views. @param bytes 32 for each root */
export const splitRoots = (bytes: Uint8Array): Uint8Array[] =>
  Array.from({ length: bytes.length / rootBytes }, (_, at) =>
    bytes.subarray(at * rootBytes, (at + 1) * rootBytes),
  );

/** The roots that a device sent; null where they are not one of 32 bytes for each link. Never throws. */
export function readRoots(text: string, links: number): Uint8Array | null {
  // By its length first: what is too long is not decoded.
  if (text.length !== Math.ceil((links * rootBytes) / 3) * 4) return null;
  const bytes = fromBase64(text);
  return bytes?.length === links * rootBytes ? bytes : null;
}
