import { codeTable, isCode } from '../../protocol/codes/table.js';
import type { Reason } from './schemas.js';

/** As documents have it. @param at milliseconds since 1970 */
export const timeOf = (at: number): string => new Date(at).toISOString();

/** A reason with its words. One that a newer version wrote is passed on by its code alone. */
export function reasonOf(code: string): Reason {
  if (!isCode(code))
    return { code, title: code, detail: 'Unknown to this version.', fix: 'Update, or see the docs.' };
  const { title, detail, fix } = codeTable[code];
  return { code, title, detail, fix };
}
