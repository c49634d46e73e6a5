import { createHash } from 'node:crypto';

/**
 * How much faster or slower than its model one card is, as silicon and cooling make it: the same card, the same factor.
 *
 * @param seed of the whole fleet
 * @param card name of the card in the fleet
 * @param spread largest deviation, such as 0.03
 * @returns a factor, evenly between 1 − spread and 1 + spread
 */
export function jitter(seed: string, card: string, spread: number): number {
  const drawn = createHash('sha256').update(`${seed}/${card}`).digest().readUInt32BE(0) / 2 ** 32;
  return 1 + spread * (2 * drawn - 1);
}
