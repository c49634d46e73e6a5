/**
 * The text in bytes that some tool wrote: UTF-8, or UTF-16 as Windows' shell redirects it, with or without a mark at the front.
 * Bytes that are no text in it become replacement characters.
 */
export function decodeText(bytes: Uint8Array): string {
  const [a, b] = bytes;
  if (a === 0xff && b === 0xfe) return utf16.decode(bytes.subarray(2));
  if (a === 0xfe && b === 0xff) return utf16.decode(swapped(bytes.subarray(2)));
  if (isUtf16(bytes)) return utf16.decode(bytes);
  // It takes the mark of UTF-8 away by itself.
  return utf8.decode(bytes);
}

const utf8 = new TextDecoder();
const utf16 = new TextDecoder('utf-16le');

/** Whether it is no text at all: a picture, a program. */
export const isBinary = (text: string): boolean => text.slice(0, 8192).includes('\0');

/** Without a mark: reports are mostly Latin letters, whose second byte is a zero. */
function isUtf16(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 512);
  const pairs = Math.floor(head.length / 2);
  if (pairs < 2) return false;
  let latin = 0;
  for (let at = 0; at < 2 * pairs; at += 2) if (head[at] !== 0 && head[at + 1] === 0) latin += 1;
  return latin >= pairs * 0.9;
}

function swapped(bytes: Uint8Array): Uint8Array {
  const even = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2)));
  return even.swap16();
}
