import { describe, expect, it } from 'vitest';
import { fromBase64, toHex } from '../../protocol/bytes.js';
import { createReferenceTableEngine } from '../engines/reference-table.js';
import type { PreparedTable } from '../engines/table.js';
import { buildTable, proveWalk } from './prover.js';
import { honestWalk, seedOf, smallShape } from './testing/honest.js';

const prepare = (shape = smallShape) => createReferenceTableEngine().prepare(shape);

/** A table whose walker `j` comes to `j`, and that writes down what is asked of it and answered. */
function numberingTable(batchWalkers: number, log: string[]): PreparedTable {
  return {
    batchWalkers,
    build: async () => {},
    async walk(_, first, count) {
      log.push(`asked ${first}+${count}`);
      await new Promise((resolve) => setImmediate(resolve));
      log.push(`answered ${first}`);
      return Uint32Array.from({ length: count }, (_, i) => first + i);
    },
    read: () => Promise.reject(new Error('not read')),
    close: async () => {},
  };
}

describe('proveWalk', () => {
  it('commits to other roots in each round, for each table and for each walk', async () => {
    const prepared = await prepare();
    const roots: string[] = [];
    for (const table of ['one', 'two']) {
      await buildTable(prepared, smallShape, seedOf(table));
      for (const walk of ['three', 'four'])
        roots.push(...(await proveWalk(prepared, smallShape, seedOf(walk))).roots.map(toHex));
    }
    expect(new Set(roots).size).toBe(4 * smallShape.rounds);
  });

  it('has the engine at its next batch before the last one is answered, and never at two rounds', async () => {
    const log: string[] = [];
    const shape = { ...smallShape, bankPages: 512, walkers: 600, rounds: 2, steps: 1 };
    await proveWalk(numberingTable(256, log), shape, seedOf('log'));
    const round = [
      'asked 0+256',
      'asked 256+256',
      'answered 0',
      'asked 512+88',
      'answered 256',
      'answered 512',
    ];
    expect(log).toEqual([...round, ...round]);
  });

  it('makes the same leaves of any size of batch', async () => {
    const shape = { ...smallShape, bankPages: 1024, walkers: 1300, steps: 1 };
    const roots = [256, 512, 4096].map((batch) => proveWalk(numberingTable(batch, []), shape, seedOf('x')));
    const [first, ...others] = (await Promise.all(roots)).map((proof) => proof.roots.map(toHex));
    for (const other of others) expect(other).toEqual(first);
  });

  it('reveals leaves of 256 results, and a last one of what is left', async () => {
    const { reveal } = await honestWalk('leaves', []);
    const lengths = [0, 255, 256, 299].map((walker) => {
      const [shown] = reveal([{ round: 1, walker }]);
      return fromBase64(shown?.leaf as string)?.length;
    });
    expect(lengths).toEqual([1024, 1024, 44 * 4, 44 * 4]);
  });

  it('says how far it is, up to all of it', async () => {
    const shares: number[] = [];
    const shape = { ...smallShape, walkers: 600, steps: 1, rounds: 2 };
    await proveWalk(numberingTable(512, []), shape, seedOf('progress'), (share) => shares.push(share));
    expect(shares).toEqual(
      [512 / 600 / 2, 0.5, 0.5 + 512 / 600 / 2, 1].map((share) => expect.closeTo(share)),
    );
  });

  it('refuses an impossible shape before it builds or walks', async () => {
    const prepared = await prepare();
    for (const change of [{ n: 257 }, { walkers: 385 }, { bankPages: 255 }, { rounds: 0 }]) {
      const shape = { ...smallShape, ...change } as typeof smallShape;
      const refused = { code: 'shape.invalid' };
      await expect(buildTable(prepared, shape, seedOf('x'))).rejects.toMatchObject(refused);
      await expect(proveWalk(prepared, shape, seedOf('x'))).rejects.toMatchObject(refused);
    }
  });

  it('rejects where the engine fails, with nothing left behind', async () => {
    const failing: PreparedTable = {
      ...numberingTable(256, []),
      walk: () => Promise.reject(new Error('device lost')),
    };
    await expect(proveWalk(failing, smallShape, seedOf('x'))).rejects.toThrow('device lost');
  });

  it('reveals no walker that is outside the shape', async () => {
    const { reveal } = await honestWalk('outside', []);
    expect(() => reveal([{ round: 3, walker: 0 }])).toThrow(RangeError);
    expect(() => reveal([{ round: 0, walker: 300 }])).toThrow(RangeError);
  });
});
