import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { proveCompute } from '../../compute/prover.js';
import { describeEngine } from '../testing/conformance.js';
import { createTfjsEngine } from './engine.js';

describe('tfjs-cpu', () => {
  describeEngine(() => createTfjsEngine('cpu'));

  it('leaves no tensor behind after an exam', async () => {
    const before = tf.memory().numTensors;
    const engine = createTfjsEngine('cpu');
    const shape = { n: 256, layers: 3, pages: 64, rounds: 2 } as const;
    const prepared = await engine.prepare(shape);
    await proveCompute(prepared, shape, new Uint8Array(32));
    expect(tf.memory().numTensors).toBeGreaterThan(before);
    await engine.close();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('tfjs-gpu', () => {
  it('says which package is missing', async () => {
    await expect(createTfjsEngine('gpu').prepare({ n: 256, layers: 1, pages: 64 })).rejects.toMatchObject({
      code: 'engine.unavailable',
      message: expect.stringContaining('@tensorflow/tfjs-node-gpu'),
    });
  });
});
