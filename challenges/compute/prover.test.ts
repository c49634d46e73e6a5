import { describe, expect, it } from 'vitest';
import { fromBase64, toHex } from '../../protocol/bytes.js';
import { createReferenceEngine } from '../engines/reference.js';
import { proveCompute } from './prover.js';
import { honestExam, seedOf, smallShape } from './testing/honest.js';

describe('proveCompute', () => {
  it('commits to the same roots on every engine', async () => {
    const shape = { n: 256, layers: 5, pages: 192, rounds: 2 } as const;
    const reference = createReferenceEngine();
    const expected = await proveCompute(await reference.prepare(shape), shape, seedOf('engines'));
    const { roots } = await honestExam(seedOf('engines'), [], shape);
    expect(roots.map(toHex)).toEqual(expected.roots.map(toHex));
  });

  it('commits to other roots in each round and for each seed', async () => {
    const first = await honestExam(seedOf('one'), []);
    const second = await honestExam(seedOf('two'), []);
    const roots = [...first.roots, ...second.roots].map(toHex);
    expect(new Set(roots).size).toBe(2 * smallShape.rounds);
  });

  it('reveals leaves of 1,024 bytes, the last one of a round too', async () => {
    const { reveal } = await honestExam(seedOf('leaves'), []);
    for (const { leaf } of reveal([
      { round: 0, page: 0 },
      { round: 2, page: 1087 },
    ])) {
      expect(fromBase64(leaf)?.length).toBe(1024);
    }
  });

  it('says how far it is, up to all of it', async () => {
    const shape = { n: 256, layers: 1, pages: 64, rounds: 4 } as const;
    const engine = createReferenceEngine();
    const shares: number[] = [];
    await proveCompute(await engine.prepare(shape), shape, seedOf('progress'), (share) => shares.push(share));
    expect(shares).toEqual([0.25, 0.5, 0.75, 1]);
  });

  it('refuses an impossible shape before it computes', async () => {
    const prepared = await createReferenceEngine().prepare(smallShape);
    for (const change of [{ n: 257 }, { pages: 65 }, { pages: 2 ** 40 }, { rounds: 0 }, { layers: 0.5 }]) {
      const shape = { ...smallShape, ...change } as typeof smallShape;
      await expect(proveCompute(prepared, shape, seedOf('x'))).rejects.toMatchObject({
        code: 'shape.invalid',
      });
    }
  });

  it('reveals no page that is outside the shape', async () => {
    const { reveal } = await honestExam(seedOf('outside'), []);
    expect(() => reveal([{ round: 3, page: 0 }])).toThrow(RangeError);
    expect(() => reveal([{ round: 0, page: 1088 }])).toThrow(RangeError);
  });
});
