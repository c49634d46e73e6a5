import { bankOf, firstState, fmix32 } from '../../memory/walk.js';
import type { TableShape } from '../table.js';

/** A built table as a thread sees it. */
export interface WalkableTable {
  readonly shape: Pick<TableShape, 'n' | 'bankPages' | 'steps'>;
  /** The words of each bank, on a little-endian machine. */
  readonly banks: readonly Int32Array[];
  /** The `n / 4` coefficients twice over: a rotated run of them is one piece. */
  readonly coefficients: Int32Array;
}

/** Results of the walkers `first … first + count - 1`, `count` u32 (docs/protocol.md section 3). */
export function walkTable(
  { shape, banks, coefficients }: WalkableTable,
  keys: Uint32Array,
  first: number,
  count: number,
): Uint32Array<ArrayBuffer> {
  const { bankPages, steps } = shape;
  const words = shape.n / 4;
  const results = new Uint32Array(count);
  for (let at = 0; at < count; at++) {
    const walker = first + at;
    const bank = banks[bankOf(walker, keys, banks.length)] as Int32Array;
    let state = firstState(walker, keys);
    for (let t = 0; t < steps; t++) {
      const page = (state & (bankPages - 1)) * words;
      const hash = pageHash(bank, page, coefficients, (state >>> 24) % words, words);
      state = fmix32(state ^ hash ^ (keys[t % 8] as number));
    }
    results[at] = state;
  }
  return results;
}

/** `Σ q[i] · C[i + rotation]`, int32; four sums side by side, or each addition would wait for the one before. */
function pageHash(bank: Int32Array, page: number, c: Int32Array, rotation: number, words: number): number {
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  for (let i = 0; i < words; i += 4) {
    const q = page + i;
    const k = rotation + i;
    sum0 = (sum0 + Math.imul(bank[q] as number, c[k] as number)) | 0;
    sum1 = (sum1 + Math.imul(bank[q + 1] as number, c[k + 1] as number)) | 0;
    sum2 = (sum2 + Math.imul(bank[q + 2] as number, c[k + 2] as number)) | 0;
    sum3 = (sum3 + Math.imul(bank[q + 3] as number, c[k + 3] as number)) | 0;
  }
  return (sum0 + sum1 + sum2 + sum3) | 0;
}
