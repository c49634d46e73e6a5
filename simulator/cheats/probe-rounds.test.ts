import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { CardProver } from '../../agent/exam/prover.js';
import { ReferenceProver, tinyTable } from '../../agent/testing/reference-prover.js';
import { allOf } from './all-of.js';
import { feignsError, goesSilentOnGuesses, waitsForOtherWalkers } from './goes-silent-on-bad-openings.js';
import { Guesses } from './guesses-walks.js';
import { commitsBeforeWalking } from './lies-about-clock.js';
import { opensOtherWalkers } from './opens-other-leaves.js';
import { relaysTo } from './relays.js';
import { blamesEngine, takeTurnsAtWalks } from './takes-turns.js';

const seed = new Uint8Array(32);
const junk = (length: number): Uint8Array => createHash('sha256').update('junk').digest().subarray(0, length);
const nobody = (): void => {};

describe('cheats in a probe', () => {
  const [inTurn] = takeTurnsAtWalks([{ prover: new ReferenceProver(), dropOut: blamesEngine }]);
  const cheats: readonly (readonly [string, CardProver])[] = [
    ['does all of another', allOf(new ReferenceProver())],
    ['relays', relaysTo(new ReferenceProver(), 0)],
    ['commits early', commitsBeforeWalking(new ReferenceProver(), 0, junk)],
    ['opens others', opensOtherWalkers(new ReferenceProver())],
    ['shows no guess', goesSilentOnGuesses(new ReferenceProver(), new Guesses(), feignsError)],
    ['waits for others', waitsForOtherWalkers(new ReferenceProver(), feignsError)],
    ['takes turns', inTurn as CardProver],
  ];

  it.each(cheats)('who %s walks as many rounds as are asked for', async (_, prover) => {
    await prover.build(tinyTable, seed, nobody);
    expect(await prover.walk(seed, nobody, 1)).toHaveLength(1);
    expect(await prover.walk(seed, nobody, 5)).toHaveLength(5);
    expect(await prover.walk(seed, nobody)).toHaveLength(tinyTable.rounds);
  });

  it('who opens other walkers opens some of the rounds that were walked', async () => {
    const prover = opensOtherWalkers(new ReferenceProver());
    await prover.build(tinyTable, seed, nobody);
    await prover.walk(seed, nobody, 1);
    expect(await prover.revealWalk([{ round: 0, walker: 1 }])).toMatchObject([{ round: 0 }]);
  });
});
