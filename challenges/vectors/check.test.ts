import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOnnxEngine } from '../engines/onnx/engine.js';
import { createOnnxRecompute } from '../engines/onnx/recompute.js';
import { createReferenceEngine, referenceRecompute } from '../engines/reference.js';
import { checkVectors } from './check.js';
import type { ComputeCase, StreamCase } from './files.js';

const answers = fileURLToPath(new URL('./answers', import.meta.url));
const engine = createOnnxEngine({ provider: 'cpu', threads: 1 });
const product = createOnnxRecompute({ provider: 'cpu', threads: 1 });
const verifier = { name: 'verifier onnx-cpu', recompute: product.recompute };
afterAll(async () => {
  await engine.close();
  await product.close();
});

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vectors-'));
  await cp(answers, directory, { recursive: true });
});
afterEach(() => rm(directory, { recursive: true }));

async function edit<T>(name: string, change: (cases: T[]) => unknown): Promise<void> {
  const path = join(directory, name);
  const cases = JSON.parse(await readFile(path, 'utf8')) as T[];
  await writeFile(path, JSON.stringify(change(cases) ?? cases));
}

const run = () => checkVectors(directory, [engine], [verifier]);
const differences = async () =>
  (await run()).results
    .filter((result) => !result.ok)
    .map(({ file, case: at, engine }) => `${file} ${at} ${engine}`);

/** Another first hexadecimal digit. */
const altered = (hex: string) => (hex.startsWith('0') ? '1' : '0') + hex.slice(1);

describe('checkVectors', () => {
  it('finds nothing wrong with our engines and verifiers', async () => {
    const verifiers = [verifier, { name: 'verifier reference', recompute: referenceRecompute }];
    const { results } = await checkVectors(answers, [engine, createReferenceEngine()], verifiers);
    expect(results.filter((result) => !result.ok)).toEqual([]);
    expect(results.length).toBe(2 + 2 * 4);
  });

  it('names files whose exam is not checked yet', async () => {
    expect((await run()).notChecked).toEqual(['memory.json', 'timelock.json']);
  });

  it.each<[string, (entry: ComputeCase) => void]>([
    ['root', (entry) => entry.roots.push(altered(entry.roots.pop() as string))],
    ['number of roots', (entry) => entry.roots.pop()],
    [
      'leaf',
      (entry) => Object.assign(entry.opens[0] ?? {}, { leaf: altered(entry.opens[0]?.leaf as string) }),
    ],
    ['path', (entry) => entry.opens[1]?.path.push(altered(entry.opens[1]?.path.pop() as string))],
    ['page', (entry) => Object.assign(entry.opens[2] ?? {}, { page: (entry.opens[2]?.page as number) ^ 64 })],
    ['round', (entry) => Object.assign(entry.opens[2] ?? {}, { round: 0 })],
    ['seed', (entry) => Object.assign(entry, { seed: altered(entry.seed) })],
  ])('reports a wrong %s by engine and by verifier', async (_, change) => {
    await edit<ComputeCase>('compute.json', (cases) => {
      change(cases[1] as ComputeCase);
    });
    expect(await differences()).toEqual(['compute.json 1 onnx-cpu', 'compute.json 1 verifier onnx-cpu']);
  });

  it('reports wrong bytes of the stream', async () => {
    await edit<StreamCase>('stream.json', (cases) => {
      Object.assign(cases[0] ?? {}, { bytes: altered(cases[0]?.bytes as string) });
    });
    expect(await differences()).toEqual(['stream.json 0 stream']);
  });

  it('reports a verifier that accepts anything', async () => {
    const [entry] = JSON.parse(await readFile(join(directory, 'compute.json'), 'utf8')) as ComputeCase[];
    const right = new Map<number, Int32Array>();
    // It answers with whatever the leaf that it is shown holds, as a product that trusted the device would.
    const gullible = {
      name: 'gullible',
      recompute: async (_: unknown, __: unknown, count: number) => right.get(count) as Int32Array,
    };
    const words = (entry as ComputeCase).opens.map(({ leaf, page }) => {
      const digest = Buffer.from(leaf, 'hex').subarray((page % 64) * 16, (page % 64) * 16 + 16);
      return [0, 4, 8, 12].map((at) => digest.readInt32LE(at));
    });
    right.set(words.length, Int32Array.from(words.flat()));
    right.set(1, Int32Array.from((words[0] as number[]).with(0, ((words[0] as number[])[0] as number) ^ 1)));
    await edit<ComputeCase>('compute.json', (cases) => cases.slice(0, 1));
    const { results } = await checkVectors(directory, [], [gullible]);
    expect(results.at(-1)).toMatchObject({
      ok: false,
      difference: expect.stringContaining('must be proof.wrong-page'),
    });
  });

  it.each<[string, (entry: ComputeCase) => unknown, string]>([
    ['a shape that cannot be', (entry) => Object.assign(entry.shape, { n: 300 }), '/0/shape/n'],
    ['a seed that is too short', (entry) => Object.assign(entry, { seed: '00' }), '/0/seed'],
    ['no openings', (entry) => Object.assign(entry, { opens: [] }), '/0/opens'],
    [
      'a path that is not hexadecimal',
      (entry) => Object.assign(entry.opens[0] ?? {}, { path: ['zz'] }),
      '/0/opens/0/path/0',
    ],
  ])('names file and field of %s', async (_, change, field) => {
    await edit<ComputeCase>('compute.json', (cases) => {
      change(cases[0] as ComputeCase);
    });
    await expect(run()).rejects.toMatchObject({
      code: 'vectors.unreadable',
      message: expect.stringMatching(`compute\\.json: .*${field} `),
    });
  });

  it('names a file that is not JSON, and a directory without answers', async () => {
    await writeFile(join(directory, 'stream.json'), '[');
    await expect(run()).rejects.toMatchObject({
      code: 'vectors.unreadable',
      message: expect.stringContaining('stream.json'),
    });
    await expect(checkVectors(join(directory, 'none'), [], [])).rejects.toMatchObject({
      code: 'vectors.unreadable',
    });
    for (const name of ['stream', 'compute', 'memory', 'timelock']) await rm(join(directory, `${name}.json`));
    await expect(run()).rejects.toMatchObject({ code: 'vectors.unreadable' });
  });
});
