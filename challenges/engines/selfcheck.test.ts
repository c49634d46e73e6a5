import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ComputeEngine } from './engine.js';
import { createOnnxEngine } from './onnx/engine.js';
import { selfCheck } from './selfcheck.js';

const engine = createOnnxEngine({ provider: 'cpu', threads: 1 });

/** The same engine on an unstable card: one bit of the last page flips. */
const unstable: ComputeEngine = {
  ...engine,
  async prepare(shape) {
    const prepared = await engine.prepare(shape);
    return {
      ...prepared,
      async digests(start, first, count) {
        const digests = await prepared.digests(start, first, count);
        if (first + count === 1088) digests[count * 4 - 1] = (digests[count * 4 - 1] as number) ^ 1;
        return digests;
      },
    };
  },
};

describe('selfCheck', () => {
  it('lets an exact engine pass', async () => {
    await expect(selfCheck(engine, randomBytes)).resolves.toBeUndefined();
  });

  it('names the page of an engine that is wrong in one bit', async () => {
    await expect(selfCheck(unstable, randomBytes)).rejects.toMatchObject({
      code: 'engine.inexact',
      data: { page: 1087 },
    });
  });
});
