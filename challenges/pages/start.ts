import { streamInt8 } from '../stream.js';

/** Pages that share one `right` vector; page `p` starts from `left[p mod 1024]` and `right[p div 1024]`. */
export const blockPages = 1024;

/** The first vectors of a round's pages: page `p` starts as `left[p mod 1024] + right[p div 1024]`, wrapped. */
export interface StartVectors {
  /** `min(pages, 1024)` vectors of `n` int8. */
  readonly left: Int8Array;
  /** `ceil(pages / 1024)` vectors of `n` int8. */
  readonly right: Int8Array;
}

/** Both sets of vectors for all pages of a round (docs/protocol.md section 1). */
export function startVectors(roundSeed: Uint8Array, n: number, pages: number): StartVectors {
  return {
    left: streamInt8(roundSeed, 'left', 0, Math.min(pages, blockPages) * n),
    right: streamInt8(roundSeed, 'right', 0, Math.ceil(pages / blockPages) * n),
  };
}

/** Where page `page` starts: `n` int8, read from the streams of its round without reading the rest. */
export function startOfPage(roundSeed: Uint8Array, n: number, page: number): Int8Array {
  const left = streamInt8(roundSeed, 'left', (page % blockPages) * n, n);
  const right = streamInt8(roundSeed, 'right', Math.floor(page / blockPages) * n, n);
  for (let i = 0; i < n; i++) left[i] = (left[i] as number) + (right[i] as number);
  return left;
}

/** Start vectors of pages `first … first + count - 1`, `count × n` int8, from a round's two sets. */
export function startsOfPages(start: StartVectors, n: number, first: number, count: number): Int8Array {
  const starts = new Int8Array(count * n);
  for (let at = 0; at < count; at++) {
    const left = ((first + at) % blockPages) * n;
    const right = Math.floor((first + at) / blockPages) * n;
    // An Int8Array keeps the low 8 bits of what is stored: that is wrap8.
    for (let i = 0; i < n; i++)
      starts[at * n + i] = (start.left[left + i] as number) + (start.right[right + i] as number);
  }
  return starts;
}
