import { limits } from '../../protocol/limits.js';
import type { MemoryShape } from '../../protocol/shapes.js';

const MiB = 2 ** 20;
const GiB = 2 ** 30;
/** A table has at least so many banks, so that whole banks fill the memory to within three per cent. */
const fewestBanks = 32;

/** How a table lies in memory. */
export type TableLayout = Pick<MemoryShape, 'n' | 'banks' | 'bankPages'>;

/**
 * Lays a table of at most `bytes` out in banks of a power of two of pages of `n` bytes. It has at least one page, and is
 * at most 6 % smaller than asked for where it has 32 pages or more.
 */
export function tableLayout(bytes: number, n: MemoryShape['n']): TableLayout {
  const pages = Math.max(1, Math.floor(bytes / n));
  const most = Math.min(largestBank(bytes) / n, pages / fewestBanks, limits.bankPages);
  const bankPages = 2 ** Math.max(0, Math.floor(Math.log2(most)));
  return { n, bankPages, banks: Math.min(Math.floor(pages / bankPages), limits.banks) };
}

/** Each bank is one GPU buffer: 128 MiB is what every WebGPU device can bind, and larger cards bind far more. */
function largestBank(bytes: number): number {
  if (bytes < 16 * GiB) return 128 * MiB;
  return bytes < 64 * GiB ? 256 * MiB : GiB;
}
