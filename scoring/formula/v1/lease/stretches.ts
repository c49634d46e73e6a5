/** A stretch of time, milliseconds since 1970 UTC; `to` is not in it. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The same time as stretches that neither touch nor overlap, in order; empty ones are gone. */
export function joined(stretches: readonly Stretch[]): Stretch[] {
  const ordered = stretches.filter(({ from, to }) => to > from).toSorted((a, b) => a.from - b.from);
  const result: Stretch[] = [];
  for (const one of ordered) {
    const last = result.at(-1);
    if (last === undefined || one.from > last.to) result.push(one);
    else result[result.length - 1] = { from: last.from, to: Math.max(last.to, one.to) };
  }
  return result;
}

/** The part of a stretch that is in none of the others, in order. */
export function without(whole: Stretch, others: readonly Stretch[]): Stretch[] {
  const rest: Stretch[] = [];
  let from = whole.from;
  for (const other of joined(others)) {
    if (other.to <= from) continue;
    if (other.from >= whole.to) break;
    if (other.from > from) rest.push({ from, to: other.from });
    from = other.to;
  }
  if (from < whole.to) rest.push({ from, to: whole.to });
  return rest;
}

/** The part of a stretch that is within another; may be empty or run backwards where there is none. */
export const within = (one: Stretch, other: Stretch): Stretch => ({
  from: Math.max(one.from, other.from),
  to: Math.min(one.to, other.to),
});

export const lengthOf = (stretches: readonly Stretch[]): number =>
  stretches.reduce((sum, { from, to }) => sum + to - from, 0);
