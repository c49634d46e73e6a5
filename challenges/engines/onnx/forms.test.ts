import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { networkFromSeed, seededNetwork } from '../../pages/network.js';
import { referenceDigests, referencePages } from '../../pages/reference.js';
import { startsOfPages, startVectors } from '../../pages/start.js';
import type { ArithmeticName } from './arithmetic.js';
import { arithmeticsFor, firstExact, isExact } from './forms.js';
import { graphLayers, PageSession } from './session.js';

const options = { provider: 'cpu', threads: 1 } as const;
const n = 256;
const pages = 5;
const seed = createHash('sha256').update('forms').digest();

describe.each<ArithmeticName>(['int8-rows', 'int8-columns', 'float-columns', 'float-casts', 'float-floors'])(
  'the arithmetic %s',
  (arithmetic) => {
    // One layer, fewer than matrices, and a graph that runs twice and leaves a rest.
    it.each([1, 3, 2 * graphLayers + 3])(
      'gives the bits of the plain loops after %d layers',
      async (layers) => {
        const network = networkFromSeed(seed, n, layers);
        const { left, right } = startVectors(seed, n, pages);
        const starts = startsOfPages({ left, right }, n, 0, pages);
        const expected = {
          pages: referencePages(network, starts, pages),
          digests: referenceDigests(network, starts, pages),
        };
        for (const from of [{ left, right }, { starts }]) {
          const start = 'left' in from ? 'grid' : 'pages';
          for (const output of ['pages', 'digests'] as const) {
            const session = await PageSession.create(options, { n, layers, start, output, arithmetic });
            session.load(network);
            expect(await session[output](from)).toEqual(expected[output]);
            await session.close();
          }
        }
      },
    );

    it('makes the same pages from the seed of a network as from the network', async () => {
      const starts = new Int8Array(3 * n).fill(5);
      const form = { n, layers: 5, start: 'pages', output: 'digests', arithmetic } as const;
      const session = await PageSession.create(options, form);
      // Another one before it: what is left of that in memory must not count.
      session.load(seededNetwork(new Uint8Array(32), n, 5));
      session.load(seededNetwork(seed, n, 5));
      const network = networkFromSeed(seed, n, 5);
      expect(await session.digests({ starts })).toEqual(referenceDigests(network, starts, 3));
      await session.close();
    });

    it('is found exact here', async () => {
      expect(await isExact(options, { n, start: 'grid', output: 'digests', arithmetic })).toBe(true);
    });
  },
);

describe('the choice of an arithmetic', () => {
  it('is the first that is exact, and the last where none is', async () => {
    const tried: string[] = [];
    const exactAre = (exact: readonly string[]) =>
      firstExact(['fast', 'safe', 'plain'], async (name) => {
        tried.push(name);
        return exact.includes(name);
      });
    expect(await exactAre(['fast', 'safe'])).toBe('fast');
    expect(await exactAre(['safe'])).toBe('safe');
    expect(tried).toEqual(['fast', 'fast', 'safe']);
    expect(await exactAre([])).toBe('plain');
  });

  it('ends for every provider with what needs no cast', () => {
    for (const provider of ['cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const)
      expect(arithmeticsFor(provider, 'grid').at(-1)).toBe('float-floors');
  });
});
