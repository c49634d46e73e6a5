/** Milliseconds of one call. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Milliseconds of processor time of one call, all threads together: what others do on the machine does not count. */
export async function cpuTimed(work: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/**
 * Takes turns between several pieces of work, so that whatever else the machine does hits all of them alike.
 *
 * @param measure what is taken of each: time, or processor time
 * @returns the median of each, in milliseconds
 */
export async function inTurns(
  turns: number,
  works: readonly (() => Promise<unknown>)[],
  measure: typeof timed = timed,
): Promise<number[]> {
  const times = works.map((): number[] => []);
  for (let turn = 0; turn < turns; turn += 1) {
    for (const [i, work] of works.entries()) times[i]?.push(await measure(work));
  }
  return times.map((each) => each.sort((a, b) => a - b)[Math.floor(each.length / 2)] ?? Number.NaN);
}
