/**
 * The chance of at least `least` successes in `trials` independent trials of probability `each`: the tail of the binomial
 * distribution, exact up to rounding.
 */
export function chanceOfAtLeast(least: number, trials: number, each: number): number {
  if (least <= 0) return 1;
  let sum = 0;
  for (let successes = least; successes <= trials; successes++) {
    sum += Math.exp(
      logChoose(trials, successes) + power(each, successes) + power(1 - each, trials - successes),
    );
  }
  return Math.min(1, sum);
}

/** Logarithm of `base ^ exponent`, with 0 ^ 0 = 1. */
const power = (base: number, exponent: number): number => (exponent === 0 ? 0 : exponent * Math.log(base));

/** Logarithm of the number of ways to choose `some` of `all`. */
function logChoose(all: number, some: number): number {
  let sum = 0;
  for (let i = 1; i <= some; i++) sum += Math.log((all - some + i) / i);
  return sum;
}
