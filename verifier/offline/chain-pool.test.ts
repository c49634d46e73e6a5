import { afterEach, describe, expect, it } from 'vitest';
import { knownFactors, knownTrapdoor } from '../../challenges/timelock/testing/known.js';
import { runChainJob } from './chain-job.js';
import { ChainPool } from './chain-pool.js';

let pool: ChainPool;
afterEach(() => pool.close());

const links = 30;
const job = {
  seed: new Uint8Array(32).fill(1),
  squarings: 60_000_000,
  links,
  cards: [1, 4].map((card) => ({ card, roots: new Uint8Array(32 * links).fill(card) })),
  wanted: [
    { link: 30, card: 4 },
    { link: 2, card: 1 },
  ],
};

describe('ChainPool', () => {
  it('makes in its thread what the trapdoor makes here', async () => {
    pool = new ChainPool({ factors: knownFactors });
    const here = runChainJob(knownTrapdoor, job);
    expect(here.walkSeeds).toHaveLength(2);
    expect(await pool.solve(job)).toEqual(here);
    const trial = { ...job, links: 1, cards: [], wanted: [] };
    expect(await pool.solve(trial)).toEqual(runChainJob(knownTrapdoor, trial));
  });

  it('refuses what its queue cannot hold, and makes all that it took', async () => {
    pool = new ChainPool({ factors: knownFactors, maxQueue: 2 });
    const made = await Promise.allSettled(Array.from({ length: 8 }, () => pool.solve(job)));
    const refused = made.filter((one) => one.status === 'rejected');
    expect(refused.length).toBeGreaterThanOrEqual(5);
    expect(refused.length).toBeLessThan(8);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'queue.full' });
    expect(pool.waiting).toBe(0);
  });

  it('rejects what is under way when it is closed, and what nobody hands out', async () => {
    pool = new ChainPool({ factors: knownFactors });
    await expect(pool.solve({ ...job, squarings: 0 })).rejects.toThrow(RangeError);
    const rejected = expect(pool.solve(job)).rejects.toThrow();
    await pool.close();
    await rejected;
  });
});
