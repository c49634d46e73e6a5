const turn = 2 ** 32;

/** Walkers that walk on one bank: numbers `first, first + stride, …`, `count` of them. */
export interface WalkerRun {
  readonly first: number;
  readonly count: number;
}

/**
 * Which of the walkers `first … first + count - 1` walk on a bank: those with `(j + k7) mod 2^32 mod banks = bank`
 * (docs/protocol.md section 3), at most two runs with a stride of `banks`, since the sum may pass 2^32 once.
 * @param k7 the last key of the round
 */
export function walkersOfBank(
  k7: number,
  banks: number,
  bank: number,
  first: number,
  count: number,
): WalkerRun[] {
  const end = first + count;
  const wrap = Math.min(end, Math.max(first, turn - k7));
  return [walkersBetween(first, wrap, k7), walkersBetween(wrap, end, k7 - turn)].filter(
    (run) => run.count > 0,
  );

  function walkersBetween(from: number, to: number, offset: number): WalkerRun {
    const away = (((bank - from - offset) % banks) + banks) % banks;
    return { first: from + away, count: Math.max(0, Math.ceil((to - from - away) / banks)) };
  }
}
