import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { createCpuTableEngine } from './cpu/engine.js';
import type { ComputeEngine } from './engine.js';
import { createOnnxEngine } from './onnx/engine.js';
import { selfCheck, selfCheckTable } from './selfcheck.js';
import type { PreparedTable, TableEngine, TableShape } from './table.js';

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

/** The same engine on a card whose kernel for one `n` is wrong. */
const wrongFor = (n: number): ComputeEngine => ({
  ...engine,
  async prepare(shape) {
    const prepared = await engine.prepare(shape);
    return shape.n === n
      ? { ...prepared, digests: async (_, __, count) => new Int32Array(4 * count) }
      : prepared;
  },
});

describe('selfCheck of every n', () => {
  it.each([256, 512, 1024])('finds an engine that is wrong for n %d alone', async (n) => {
    await expect(selfCheck(wrongFor(n), randomBytes)).rejects.toMatchObject({ code: 'engine.inexact' });
  });

  it.each([256, 512, 1024])('finds a table engine that is wrong for n %d alone', async (n) => {
    const wrong = broken((_, shape) =>
      shape.n === n ? { walk: async (__, ___, count) => new Uint32Array(count) } : {},
    );
    await expect(selfCheckTable(wrong, randomBytes)).rejects.toMatchObject({ code: 'engine.inexact' });
  });
});

const tables = createCpuTableEngine({ threads: 1 });
afterAll(() => tables.close());

/** The same engine with something wrong in its tables. */
const broken = (
  change: (prepared: PreparedTable, shape: TableShape) => Partial<PreparedTable>,
): TableEngine => ({
  ...tables,
  async prepare(shape) {
    const prepared = await tables.prepare(shape);
    return {
      batchWalkers: prepared.batchWalkers,
      build: (source) => prepared.build(source),
      walk: (keys, first, count) => prepared.walk(keys, first, count),
      read: (bank, first, count) => prepared.read(bank, first, count),
      close: () => prepared.close(),
      ...change(prepared, shape),
    };
  },
});

/** One bit of one walker's result flips. */
const faulty = broken((prepared) => ({
  async walk(keys, first, count) {
    const results = await prepared.walk(keys, first, count);
    if (count > 256) results[256] = ((results[256] as number) ^ 1) >>> 0;
    return results;
  },
}));

/** The last page of the last bank was lost. */
const forgetful = broken((prepared, { banks, bankPages }) => ({
  async read(bank, first, count) {
    const pages = await prepared.read(bank, first, count);
    if (bank === banks - 1 && first + count === bankPages) pages.fill(0);
    return pages;
  },
}));

describe('selfCheckTable', () => {
  it('lets an exact engine pass', async () => {
    await expect(selfCheckTable(tables, randomBytes)).resolves.toBeUndefined();
  });

  it('names the walker of an engine that is wrong in one bit', async () => {
    await expect(selfCheckTable(faulty, randomBytes)).rejects.toMatchObject({
      code: 'engine.inexact',
      data: { walker: 256 },
    });
  });

  it('names the page of an engine whose table is wrong', async () => {
    await expect(selfCheckTable(forgetful, randomBytes)).rejects.toMatchObject({
      code: 'engine.inexact',
      data: { page: 31 },
    });
  });
});
