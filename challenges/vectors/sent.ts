import { concat, fromHex, toBase64 } from '../../protocol/bytes.js';

/** An opening of an answer file as a device sends it: leaf and path in base64. */
export function asSent<Open extends { readonly leaf: string; readonly path: readonly string[] }>({
  leaf,
  path,
  ...opening
}: Open): Omit<Open, 'leaf' | 'path'> & { leaf: string; path: string } {
  return { ...opening, leaf: toBase64(fromHex(leaf)), path: toBase64(concat(...path.map(fromHex))) };
}
