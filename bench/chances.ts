/** Logarithms of n!, as far as they were asked for. */
const logFactorials = [0];

function logFactorial(n: number): number {
  for (let i = logFactorials.length; i <= n; i++)
    logFactorials[i] = (logFactorials[i - 1] as number) + Math.log(i);
  return logFactorials[n] as number;
}

/** The chance of exactly `some` successes in `all` trials of probability `each`. */
function binomial(some: number, all: number, each: number): number {
  if (each <= 0 || each >= 1) return some === (each <= 0 ? 0 : all) ? 1 : 0;
  const choose = logFactorial(all) - logFactorial(some) - logFactorial(all - some);
  return Math.exp(choose + some * Math.log(each) + (all - some) * Math.log1p(-each));
}

/** The chance of at least `least` successes. */
export function atLeast(least: number, all: number, each: number): number {
  let sum = 0;
  for (let some = least; some <= all; some++) sum += binomial(some, all, each);
  return Math.min(sum, 1);
}

/**
 * The mean of `of(count)` over a count that is Poisson distributed. Counts beyond eight standard deviations are left out.
 * @param mean of the count
 */
export function overPoisson(mean: number, of: (count: number) => number): number {
  const reach = 8 * Math.sqrt(mean) + 8;
  let sum = 0;
  for (let count = Math.max(0, Math.floor(mean - reach)); count <= mean + reach; count++)
    sum += Math.exp(count * Math.log(mean) - mean - logFactorial(count)) * of(count);
  return sum;
}

/** A count drawn from it. @param random 0 to 1 */
export function drawPoisson(mean: number, random: () => number): number {
  const least = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > least; product *= random()) count++;
  return count;
}
