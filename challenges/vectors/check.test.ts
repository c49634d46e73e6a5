import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCpuTableEngine } from '../engines/cpu/engine.js';
import type { RecomputePages } from '../engines/engine.js';
import { createOnnxEngine } from '../engines/onnx/engine.js';
import { createOnnxRecompute } from '../engines/onnx/recompute.js';
import { createReferenceEngine, referenceRecompute } from '../engines/reference.js';
import { createReferenceTableEngine } from '../engines/reference-table.js';
import { createSquarer } from '../engines/squaring/squarer.js';
import type { PageNetwork } from '../pages/network.js';
import { digestsOfPages } from '../pages/reference.js';
import { checkVectors, type VectorSubjects } from './check.js';
import type { ComputeCase, MemoryCase, StreamCase, TimelockCase } from './files.js';

const answers = fileURLToPath(new URL('./answers', import.meta.url));
const engine = createOnnxEngine({ provider: 'cpu', threads: 1 });
const tables = createCpuTableEngine({ threads: 1 });
const product = createOnnxRecompute({ provider: 'cpu', threads: 1 });
const verifier = { name: 'verifier onnx-cpu', recompute: product.recompute };
const [native, bigint] = [createSquarer({ only: 'native' }), createSquarer({ only: 'bigint' })];
afterAll(async () => {
  for (const squarer of [native, bigint]) await squarer.close();
  await engine.close();
  await tables.close();
  await product.close();
});

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vectors-'));
  await cp(answers, directory, { recursive: true });
});
afterEach(() => rm(directory, { recursive: true }));

/** Changes the cases of one file, and leaves the other exam's out. */
async function edit<T>(name: string, change: (cases: T[]) => unknown): Promise<void> {
  for (const other of ['compute.json', 'memory.json', 'timelock.json'])
    if (other !== name) await rm(join(directory, other), { force: true });
  const path = join(directory, name);
  const cases = JSON.parse(await readFile(path, 'utf8')) as T[];
  await writeFile(path, JSON.stringify(change(cases) ?? cases));
}

const nothing: VectorSubjects = { engines: [], tableEngines: [], squarers: [], verifiers: [] };
const run = () =>
  checkVectors(directory, {
    engines: [engine],
    tableEngines: [tables],
    squarers: [native],
    verifiers: [verifier],
  });
const differences = async () =>
  (await run()).filter((result) => !result.ok).map(({ file, case: at, engine }) => `${file} ${at} ${engine}`);

/** Another first hexadecimal digit. */
const altered = (hex: string) => (hex.startsWith('0') ? '1' : '0') + hex.slice(1);

describe('checkVectors', () => {
  it('finds nothing wrong with our engines, squarers and verifiers', async () => {
    const verifiers = [verifier, { name: 'verifier reference', recompute: referenceRecompute }];
    const engines = [engine, createReferenceEngine()];
    const tableEngines = [tables, createReferenceTableEngine()];
    const squarers = [native, bigint];
    const results = await checkVectors(answers, { engines, tableEngines, squarers, verifiers });
    expect(results.filter((result) => !result.ok)).toEqual([]);
    expect(results.length).toBe(2 + 2 * 4 + 2 * 4 + 4);
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

  it.each<[string, (entry: MemoryCase) => void]>([
    ['root', (entry) => entry.roots.push(altered(entry.roots.pop() as string))],
    [
      'leaf',
      (entry) => Object.assign(entry.opens[0] ?? {}, { leaf: altered(entry.opens[0]?.leaf as string) }),
    ],
    ['path', (entry) => entry.opens[1]?.path.push(altered(entry.opens[1]?.path.pop() as string))],
    ['walker', (entry) => Object.assign(entry.opens[1] ?? {}, { walker: 0 })],
    ['table seed', (entry) => Object.assign(entry, { seed: altered(entry.seed) })],
    ['walk seed', (entry) => Object.assign(entry, { walkSeed: altered(entry.walkSeed) })],
  ])('reports a wrong %s of a walk by engine and by verifier', async (_, change) => {
    await edit<MemoryCase>('memory.json', (cases) => {
      change(cases[1] as MemoryCase);
    });
    expect(await differences()).toEqual(['memory.json 1 table cpu', 'memory.json 1 verifier onnx-cpu']);
  });

  it('reports a wrong solution of a time-lock by squarer, by trapdoor and by what it is the key to', async () => {
    await edit<TimelockCase>('timelock.json', ([entry]) => {
      const link = entry?.links[1];
      Object.assign(link ?? {}, { solution: altered(link?.solution as string) });
    });
    expect(await differences()).toEqual([
      'timelock.json 0 links',
      'timelock.json 0 squarer native',
      'timelock.json 0 verifier trapdoor',
    ]);
  });

  it('reports another table', async () => {
    await edit<MemoryCase>('memory.json', (cases) => {
      Object.assign(cases[0] ?? {}, { tableSha256: altered(cases[0]?.tableSha256 as string) });
    });
    expect(await differences()).toEqual(['memory.json 0 table cpu']);
  });

  it('reports wrong bytes of the stream', async () => {
    await edit<StreamCase>('stream.json', (cases) => {
      Object.assign(cases[0] ?? {}, { bytes: altered(cases[0]?.bytes as string) });
    });
    expect(await differences()).toEqual(['stream.json 0 stream']);
  });

  it('reports a verifier that accepts a false page', async () => {
    await edit<ComputeCase>('compute.json', (cases) => cases.slice(0, 1));
    let asked = 0;
    // It computes the openings, and of the one with a flipped bit it says what it is shown.
    const gullible: RecomputePages = async (network) => {
      const honest = await referenceRecompute(network);
      return async (starts, count) => {
        const pages = await honest(starts, count);
        asked += 1;
        return asked === 1 ? pages : pageWithFlippedDigest(network, pages);
      };
    };
    const verifiers = [{ name: 'gullible', recompute: gullible }];
    const results = await checkVectors(directory, { ...nothing, verifiers });
    expect(results.at(-1)?.difference).toMatch(
      /a flipped value .* gives proof.complete, must be proof.wrong-page/,
    );
  });

  it('reports a verifier that refuses what is right', async () => {
    const zeros: RecomputePages =
      async ({ n }) =>
      async (_, count) =>
        new Int8Array(n * count);
    const verifiers = [{ name: 'zeros', recompute: zeros }];
    const results = await checkVectors(directory, { ...nothing, verifiers });
    const refused = results.filter(({ engine }) => engine === 'zeros').map(({ difference }) => difference);
    expect(refused).toEqual([
      'the openings are refused: proof.wrong-page',
      'the openings are refused: proof.wrong-page',
      'the openings are refused: proof.wrong-walk',
      'the openings are refused: proof.wrong-walk',
    ]);
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

  it.each<[string, (entry: TimelockCase) => unknown, string]>([
    ['a modulus that is too short', (entry) => Object.assign(entry, { modulus: '00' }), '/0/modulus'],
    ['no squarings', (entry) => Object.assign(entry, { squarings: 0 }), '/0/squarings'],
    ['no links', (entry) => Object.assign(entry, { links: [] }), '/0/links'],
    [
      'a box that is too long',
      ({ links: [link] }) => Object.assign(link ?? {}, { box: '00'.repeat(400) }),
      '/0/links/0/box',
    ],
    [
      'no solution',
      ({ links: [, link] }) => Object.assign(link ?? {}, { solution: null }),
      '/0/links/1/solution',
    ],
  ])('names file and field of a time-lock with %s', async (_, change, field) => {
    await edit<TimelockCase>('timelock.json', (cases) => {
      change(cases[0] as TimelockCase);
    });
    await expect(run()).rejects.toMatchObject({
      code: 'vectors.unreadable',
      message: expect.stringMatching(`timelock\\.json: .*${field} `),
    });
  });

  it('names a file that is not JSON, and a directory without answers', async () => {
    await writeFile(join(directory, 'stream.json'), '[');
    await expect(run()).rejects.toMatchObject({
      code: 'vectors.unreadable',
      message: expect.stringContaining('stream.json'),
    });
    await expect(checkVectors(join(directory, 'none'), nothing)).rejects.toMatchObject({
      code: 'vectors.unreadable',
    });
    for (const name of ['stream', 'compute', 'memory', 'timelock'])
      await rm(join(directory, `${name}.json`), { force: true });
    await expect(run()).rejects.toMatchObject({ code: 'vectors.unreadable' });
  });
});

/** A page whose digest is that of another one with its first bit flipped: the network's own rows are bent to it. */
function pageWithFlippedDigest({ n, digest }: Pick<PageNetwork, 'n' | 'digest'>, page: Int8Array): Int8Array {
  const words = digestsOfPages({ n, digest }, page);
  words[0] = (words[0] as number) ^ 1;
  for (const [r, word] of words.entries()) {
    let rest = word;
    for (let i = 0; i < n; i++) {
      const weight = i === n - 1 ? rest : Math.max(-127, Math.min(127, Math.trunc(rest / 127)));
      digest[r * n + i] = weight;
      rest -= weight * 127;
    }
  }
  return new Int8Array(n).fill(127).fill(1, n - 1);
}
