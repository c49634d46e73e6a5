import { likeness, type Measurable, tellsApart } from './tell-apart.js';

/**
 * Models in classes, so that no exam tells any two of a class apart (complete linkage): the two most alike groups are joined
 * first, and only where that holds for all of their members. The same data give the same classes; of equally alike groups
 * those that come first in the catalogue.
 *
 * "Can't be told apart" is no equivalence: of three models the first can be like the second, the second like the third, and
 * the first unlike the third. Joining all that are linked somehow would let such a chain make one class of everything. So a
 * model at the edge of its class can still be like one of the next class, which `verdictOf` says of each card.
 *
 * @returns groups in the order of their first models, models in the order given; most have one member
 */
export function partition(models: readonly Measurable[]): string[][] {
  let groups: Measurable[][] = models.map((model) => [model]);
  for (let best = closest(groups); best !== null; best = closest(groups)) {
    const [a, b] = best;
    groups = groups.filter((group) => group !== b).map((group) => (group === a ? [...a, ...b] : group));
  }
  const places = new Map(models.map(({ model }, at) => [model, at]));
  const place = (model: string) => places.get(model) ?? 0;
  return groups
    .map((group) => group.map(({ model }) => model).sort((a, b) => place(a) - place(b)))
    .sort(([a = ''], [b = '']) => place(a) - place(b));
}

/** The two groups most alike among those that may be one; null where none may. */
function closest(groups: readonly Measurable[][]): [Measurable[], Measurable[]] | null {
  let best: [Measurable[], Measurable[]] | null = null;
  let most = 0;
  for (const [at, a] of groups.entries()) {
    for (const b of groups.slice(at + 1)) {
      const alike = groupLikeness(a, b);
      if (alike > most) {
        most = alike;
        best = [a, b];
      }
    }
  }
  return best;
}

/** How alike the two least alike members are in the figure in which they differ most; 0 where an exam tells any two apart. */
function groupLikeness(a: readonly Measurable[], b: readonly Measurable[]): number {
  const pairs = a.flatMap((one) => b.map((other) => [one, other] as const));
  if (pairs.some(([one, other]) => tellsApart(one, other) !== null)) return 0;
  return Math.min(...pairs.flatMap(([one, other]) => Object.values(likeness(one, other))));
}
