import { setImmediate as nextTurn } from 'node:timers/promises';
import { blockPages } from '../../pages/start.js';
import type { PageSession } from '../onnx/session.js';
import type { TableShape, TableSource } from '../table.js';

/**
 * Fills the banks with the pages of a source, a block of 1,024 pages at a time: a product that stays in a CPU's cache.
 * @param session a graph from a `grid` of start vectors to `pages`
 * @param onProgress called after each block with the share done, 0 to 1
 * @throws TouchstoneError `engine.failed`
 */
export async function fillBanks(
  session: PageSession,
  { n, bankPages }: Pick<TableShape, 'n' | 'bankPages'>,
  banks: readonly Int8Array[],
  { network, start: { left, right } }: TableSource,
  onProgress: (share: number) => void,
): Promise<void> {
  session.load(network);
  const total = banks.length * bankPages;
  for (let first = 0; first < total; first += blockPages) {
    const count = Math.min(blockPages, total - first);
    const block = (first / blockPages) * n;
    const pages = await session.pages({
      left: left.subarray(0, count * n),
      right: right.subarray(block, block + n),
    });
    storePages(pages, first, { n, bankPages }, banks);
    onProgress((first + count) / total);
    // A run blocks this thread: whatever else waits for it gets its turn.
    await nextTurn();
  }
  session.unload();
}

/** Puts pages `first …` of the table where they belong: a block may end one bank and begin the next. */
function storePages(
  pages: Int8Array,
  first: number,
  { n, bankPages }: Pick<TableShape, 'n' | 'bankPages'>,
  banks: readonly Int8Array[],
): void {
  const count = pages.length / n;
  for (let at = 0; at < count; ) {
    const index = (first + at) % bankPages;
    const fitting = Math.min(bankPages - index, count - at);
    const bank = banks[Math.floor((first + at) / bankPages)] as Int8Array;
    bank.set(pages.subarray(at * n, (at + fitting) * n), index * n);
    at += fitting;
  }
}
