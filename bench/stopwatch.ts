/** Milliseconds of one call. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/**
 * Takes turns between several pieces of work, so that whatever else the machine does hits all of them alike.
 *
 * @returns the median of each, in milliseconds
 */
export async function inTurns(turns: number, works: readonly (() => Promise<unknown>)[]): Promise<number[]> {
  const times = works.map((): number[] => []);
  for (let turn = 0; turn < turns; turn += 1) {
    for (const [i, work] of works.entries()) times[i]?.push(await timed(work));
  }
  return times.map((each) => each.sort((a, b) => a - b)[Math.floor(each.length / 2)] ?? Number.NaN);
}
