import { afterAll, describe, expect, it } from 'vitest';
import type { PreparedCompute } from './engine.js';
import { warmUp } from './grid.js';
import { createReferenceEngine } from './reference.js';

const engine = createReferenceEngine();
afterAll(() => engine.close());
const shape = { n: 256, layers: 1, pages: 1088 } as const;

/** The plain loops, with one bit of one digest flipped in the batches that a test chooses. */
async function preparedWrong(
  wrong: (first: number, count: number) => number | null,
): Promise<PreparedCompute> {
  const prepared = await engine.prepare(shape);
  return {
    ...prepared,
    async digests(start, first, count) {
      const digests = await prepared.digests(start, first, count);
      const at = wrong(first, count);
      if (at !== null) digests[at * 4 + 3] = (digests[at * 4 + 3] as number) ^ 1;
      return digests;
    },
  };
}

describe('the warm-up', () => {
  it('lets an exact engine pass', async () => {
    await expect(warmUp('loops', await preparedWrong(() => null), shape)).resolves.toBeUndefined();
  });

  it.each([
    ['begin', (first: number) => (first === 0 ? 0 : null), 0],
    ['end', (first: number, count: number) => (first === 0 ? count - 1 : null), 1023],
    ['last, shorter batch', (first: number, count: number) => (first > 0 ? count - 1 : null), 1087],
  ])(
    'finds an engine that is wrong only at the sizes of the exam, at the %s',
    async (_where, wrong, page) => {
      await expect(warmUp('odd', await preparedWrong(wrong), shape)).rejects.toMatchObject({
        code: 'engine.inexact',
        data: { engine: 'odd', page },
      });
    },
  );
});
