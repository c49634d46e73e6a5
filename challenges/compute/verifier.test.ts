import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reveal } from '../../protocol/messages/reveals.js';
import type { RecomputePages } from '../engines/engine.js';
import { createOnnxRecompute } from '../engines/onnx/recompute.js';
import { type HonestExam, honestExam, seedOf, smallShape } from './testing/honest.js';
import { type ComputeReveal, checkComputeReveal } from './verifier.js';

const product = createOnnxRecompute({ provider: 'cpu', threads: 1 });
afterAll(() => product.close());

/** Every round, both blocks, the lonely last leaf. */
const openings = [
  { round: 0, page: 0 },
  { round: 2, page: 1087 },
  { round: 1, page: 1023 },
  { round: 1, page: 1024 },
  { round: 0, page: 65 },
];
let exam: HonestExam;
let honest: HonestExam['proof'];
beforeAll(async () => {
  exam = await honestExam(seedOf('verifier'), openings);
  honest = exam.proof;
});

const check = (change: Partial<ComputeReveal>) =>
  checkComputeReveal({ ...honest, ...change }, product.recompute);
const changed = (at: number, change: Partial<Record<keyof Reveal, unknown>>) =>
  honest.reveals.map((reveal, i) => (i === at ? { ...reveal, ...change } : reveal));
/** The same base64 with one bit of its bytes flipped. */
const flipped = (base64: string, bit: number) => {
  const bytes = Buffer.from(base64, 'base64');
  const at = (bit >> 3) % bytes.length;
  bytes[at] = (bytes[at] as number) ^ (1 << (bit & 7));
  return bytes.toString('base64');
};
const zeros = (length: number) => Buffer.alloc(length).toString('base64');

describe('checkComputeReveal', () => {
  it('accepts an honest reveal and counts its pages', async () => {
    expect(await check({})).toEqual({ right: openings.length, code: 'proof.complete' });
  });

  it('accepts a round of a single leaf, whose path is empty', async () => {
    const shape = { ...smallShape, pages: 64, rounds: 1 };
    const { proof } = await honestExam(seedOf('leaf'), [{ round: 0, page: 63 }], shape);
    expect(proof.reveals[0]?.path).toBe('');
    expect(await checkComputeReveal(proof, product.recompute)).toEqual({ right: 1, code: 'proof.complete' });
  });

  it('asks for all pages in one batched product', async () => {
    const counts: number[] = [];
    const counting: RecomputePages = async (network) => {
      const pagesOf = await product.recompute(network);
      return (starts, count) => {
        counts.push(count);
        return pagesOf(starts, count);
      };
    };
    await checkComputeReveal(honest, counting);
    expect(counts).toEqual([openings.length]);
  });

  it('computes nothing for a reveal that fails before', async () => {
    const never: RecomputePages = () => Promise.reject(new Error('computed'));
    for (const reveals of [[], changed(0, { leaf: 'AAAA' }), changed(0, { path: '' })]) {
      expect((await checkComputeReveal({ ...honest, reveals }, never)).right).toBe(0);
    }
  });

  it('lets a fault of our own product reject, so that it is never taken for the device’s', async () => {
    const broken: RecomputePages = () => Promise.reject(new Error('out of memory'));
    await expect(checkComputeReveal(honest, broken)).rejects.toThrow('out of memory');
  });

  it('does not call an empty question answered', async () => {
    await expect(check({ openings: [], reveals: [] })).rejects.toThrow(RangeError);
  });

  it('names of several faults the first in the order openings, leaf length, path, page', async () => {
    const faults = {
      page: { seed: seedOf('another') },
      path: { reveals: changed(4, { path: '' }) },
      leaf: { reveals: changed(3, { path: '', leaf: '' }) },
    };
    expect((await check(faults.page)).code).toBe('proof.wrong-page');
    expect((await check({ ...faults.page, ...faults.path })).code).toBe('proof.wrong-path');
    expect((await check({ ...faults.page, ...faults.leaf })).code).toBe('proof.wrong-leaf-length');
    const all = [...changed(0, { leaf: '' }).slice(0, 4), { ...honest.reveals[4], page: 66, path: '' }];
    expect((await check({ ...faults.page, reveals: all })).code).toBe('proof.wrong-openings');
  });
});

describe('a reveal that is not exactly what was asked', () => {
  it.each<[string, (reveals: Reveal[]) => unknown]>([
    ['is an empty list', () => []],
    ['is shorter', (reveals) => reveals.slice(1)],
    ['is longer', (reveals) => [...reveals, reveals[0]]],
    ['is in another order', (reveals) => reveals.toReversed()],
    ['opens one page several times', (reveals) => reveals.map(() => reveals[0])],
    ['is nothing', () => undefined],
    ['is text', () => 'reveals'],
    ['is a list of nothing', (reveals) => reveals.map(() => null)],
    ['pretends a length', () => ({ length: 5 })],
  ])('is refused when it %s', async (_, change) => {
    expect(await check({ reveals: change(honest.reveals) })).toEqual({
      right: 0,
      code: 'proof.wrong-openings',
    });
  });

  it('is refused when it opens another page of the same leaf', async () => {
    const other = exam.reveal([{ round: 0, page: 1 }]);
    const reveals = [...other, ...honest.reveals.slice(1)];
    expect((await check({ reveals })).code).toBe('proof.wrong-openings');
  });
});

describe('a leaf', () => {
  it.each([
    ['empty', ''],
    ['a byte short', zeros(1023)],
    ['a byte long', zeros(1025)],
    ['without its padding', zeros(1024).replaceAll('=', '')],
    ['of other letters', zeros(1024).replaceAll('A', '-')],
    ['hexadecimal', 'ab'.repeat(1024)],
  ])('that is %s has the wrong length', async (_, leaf) => {
    expect((await check({ reveals: changed(1, { leaf }) })).code).toBe('proof.wrong-leaf-length');
  });

  it('may not differ from what was committed, not even in a page that is not asked for', async () => {
    const leaf = flipped(honest.reveals[0]?.leaf as string, 8191);
    expect((await check({ reveals: changed(0, { leaf }) })).code).toBe('proof.wrong-path');
  });
});

describe('a path', () => {
  it.each<[string, (path: Buffer) => Buffer]>([
    ['truncated', (path) => path.subarray(0, -32)],
    ['longer', (path) => Buffer.concat([path, path.subarray(0, 32)])],
    ['in another order', (path) => Buffer.concat([path.subarray(32), path.subarray(0, 32)])],
    ['a byte short', (path) => path.subarray(1)],
    ['a megabyte', (path) => Buffer.alloc(2 ** 20, path)],
    ['absent', () => Buffer.alloc(0)],
  ])('that is %s does not reach the root', async (_, change) => {
    const path = change(Buffer.from(honest.reveals[0]?.path as string, 'base64')).toString('base64');
    expect((await check({ reveals: changed(0, { path }) })).code).toBe('proof.wrong-path');
  });

  it.each([undefined, null, 7, ['A'], {}])('of the wrong kind (%j) does not reach the root', async (path) => {
    expect((await check({ reveals: changed(0, { path }) })).code).toBe('proof.wrong-path');
  });

  it('of another leaf does not reach the root, alone or with that leaf', async () => {
    const [other] = exam.reveal([{ round: 0, page: 640 }]);
    expect((await check({ reveals: changed(0, { path: other?.path }) })).code).toBe('proof.wrong-path');
    const reveals = changed(0, { path: other?.path, leaf: other?.leaf });
    expect((await check({ reveals })).code).toBe('proof.wrong-path');
  });

  it('of another round does not reach this round’s root', async () => {
    const [other] = exam.reveal([{ round: 1, page: 0 }]);
    const reveals = changed(0, { path: other?.path, leaf: other?.leaf });
    expect((await check({ reveals })).code).toBe('proof.wrong-path');
  });

  it('needs one root of 32 bytes for each round', async () => {
    expect((await check({ roots: [] })).code).toBe('proof.wrong-path');
    expect((await check({ roots: honest.roots.slice(1) })).code).toBe('proof.wrong-path');
    expect((await check({ roots: [...honest.roots, honest.roots[0] as Uint8Array] })).code).toBe(
      'proof.wrong-path',
    );
    expect((await check({ roots: honest.roots.map((root) => root.subarray(1)) })).code).toBe(
      'proof.wrong-path',
    );
  });
});

describe('whatever a device changes in an honest reveal', () => {
  const at = fc.nat(openings.length - 1);
  const bit = fc.tuple(at, fc.constantFrom('leaf', 'path'), fc.nat()).map(([i, name, which]) => {
    const reveal = honest.reveals[i] as Reveal;
    return changed(i, { [name]: flipped(reveal[name as 'leaf' | 'path'], which) });
  });
  const field = fc
    .tuple(
      at,
      fc.constantFrom<keyof Reveal>('round', 'page', 'leaf', 'path'),
      fc.anything({ withBigInt: true }),
    )
    .map(([i, name, value]) => changed(i, { [name]: value }));
  const swapped = fc
    .tuple(at, at, fc.constantFrom<keyof Reveal>('round', 'page', 'leaf', 'path'))
    .map(([i, k, name]) => changed(i, { [name]: honest.reveals[k]?.[name] }));
  const element = fc.tuple(at, fc.anything()).map(([i, value]) => honest.reveals.with(i, value as Reveal));
  const mutation = fc.oneof(bit, field, swapped, element, fc.anything());

  it('is never accepted and never throws', async () => {
    await fc.assert(
      fc.asyncProperty(mutation, async (reveals) => {
        fc.pre(!sameReveals(reveals));
        const { code } = await check({ reveals });
        expect(code).toMatch(/^proof\.wrong-/);
      }),
      { numRuns: 500 },
    );
  });

  it('a committed root with any bit flipped is never accepted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(smallShape.rounds - 1), fc.nat(255), async (round, bit) => {
        const roots = honest.roots.map((root) => new Uint8Array(root));
        const root = roots[round] as Uint8Array;
        root[bit >> 3] = (root[bit >> 3] as number) ^ (1 << (bit & 7));
        expect((await check({ roots })).code).toBe('proof.wrong-path');
      }),
    );
  });

  function sameReveals(reveals: unknown): boolean {
    if (!Array.isArray(reveals) || reveals.length !== openings.length) return false;
    return reveals.every((reveal, i) => {
      const { round, page, leaf, path } = honest.reveals[i] as Reveal;
      const sent = Object(reveal);
      return sent.round === round && sent.page === page && sent.leaf === leaf && sent.path === path;
    });
  }
});
