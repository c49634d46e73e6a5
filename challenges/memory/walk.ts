import type { MemoryShape } from '../../protocol/shapes.js';

/** MurmurHash3's finaliser, u32 to u32. */
export function fmix32(value: number): number {
  let x = value;
  x ^= x >>> 16;
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  x ^= x >>> 16;
  return x >>> 0;
}

/** The one bank that a walker reads in a round. */
export function bankOf(walker: number, keys: Uint32Array, banks: number): number {
  return ((walker + (keys[7] as number)) >>> 0) % banks;
}

/** `a` of a walker before its first step. */
export function firstState(walker: number, keys: Uint32Array): number {
  return (fmix32((walker + (keys[0] as number)) >>> 0) ^ (keys[1] as number)) >>> 0;
}

/** Index in its bank of the page that a walker reads next. `bankPages` is a power of two. */
export function pageIndex(state: number, bankPages: number): number {
  return (state & (bankPages - 1)) >>> 0;
}

/**
 * One step (docs/protocol.md section 3).
 * @param page the `n` int8 of the page that `state` leads to
 * @param coefficients `n / 4` odd u32
 * @param key `k[t mod 8]` of step `t`
 * @returns the next state, u32
 */
export function nextState(state: number, page: Int8Array, coefficients: Uint32Array, key: number): number {
  const n = coefficients.length;
  const words = new DataView(page.buffer, page.byteOffset, page.byteLength);
  let at = (state >>> 24) % n;
  let hash = 0;
  for (let i = 0; i < n; i++) {
    hash = (hash + Math.imul(words.getUint32(i * 4, true), coefficients[at] as number)) | 0;
    at = at + 1 === n ? 0 : at + 1;
  }
  return fmix32(state ^ hash ^ key);
}

/**
 * One walker from beginning to end by plain loops: what every table engine must equal, bit for bit.
 * @param readPage the `n` int8 of page `index` of a bank
 * @returns the walker's result, u32
 */
export function referenceWalk(
  { banks, bankPages, steps }: Pick<MemoryShape, 'banks' | 'bankPages' | 'steps'>,
  coefficients: Uint32Array,
  keys: Uint32Array,
  walker: number,
  readPage: (bank: number, index: number) => Int8Array,
): number {
  const bank = bankOf(walker, keys, banks);
  let state = firstState(walker, keys);
  for (let t = 0; t < steps; t++) {
    const page = readPage(bank, pageIndex(state, bankPages));
    state = nextState(state, page, coefficients, keys[t % 8] as number);
  }
  return state;
}
