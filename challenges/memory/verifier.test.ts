import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WalkerReveal } from '../../protocol/messages/reveals.js';
import type { RecomputePages } from '../engines/engine.js';
import { createOnnxRecompute } from '../engines/onnx/recompute.js';
import { referenceRecompute } from '../engines/reference.js';
import { leafHash } from '../merkle.js';
import { type HonestWalk, honestWalk, seedOf, smallShape } from './testing/honest.js';
import { checkMemoryReveal, type MemoryReveal } from './verifier.js';

const product = createOnnxRecompute({ provider: 'cpu', threads: 1 });
afterAll(() => product.close());

/** Every round, both leaves, the last walker of the short one. */
const openings = [
  { round: 0, walker: 0 },
  { round: 2, walker: 299 },
  { round: 1, walker: 255 },
  { round: 1, walker: 256 },
  { round: 0, walker: 17 },
];
let walk: HonestWalk;
let honest: HonestWalk['proof'];
beforeAll(async () => {
  walk = await honestWalk('verifier', openings);
  honest = walk.proof;
});

const check = (change: Partial<MemoryReveal>) =>
  checkMemoryReveal({ ...honest, ...change }, product.recompute);
const changed = (at: number, change: Partial<Record<keyof WalkerReveal, unknown>>) =>
  honest.reveals.map((reveal, i) => (i === at ? { ...reveal, ...change } : reveal));
/** The same base64 with one bit of its bytes flipped. */
const flipped = (base64: string, bit: number) => {
  const bytes = Buffer.from(base64, 'base64');
  const at = (bit >> 3) % bytes.length;
  bytes[at] = (bytes[at] as number) ^ (1 << (bit & 7));
  return bytes.toString('base64');
};
const zeros = (length: number) => Buffer.alloc(length).toString('base64');

describe('checkMemoryReveal', () => {
  it('accepts an honest reveal and counts its walkers', async () => {
    expect(await check({})).toEqual({ right: openings.length, code: 'proof.complete' });
  });

  it('accepts walkers of more steps than a round has keys, and a round of one short leaf', async () => {
    const shape = { ...smallShape, banks: 3, bankPages: 64, walkers: 5, steps: 21, rounds: 2 };
    const asked = [
      { round: 1, walker: 4 },
      { round: 0, walker: 0 },
    ];
    const { proof } = await honestWalk('steps', asked, shape);
    expect(proof.reveals[0]?.path).toBe('');
    expect(await checkMemoryReveal(proof, product.recompute)).toEqual({ right: 2, code: 'proof.complete' });
  });

  it('takes the network once, and asks for the pages of one step in one batched product', async () => {
    const counts: number[] = [];
    let networks = 0;
    const counting: RecomputePages = async (network) => {
      networks += 1;
      const pagesOf = await referenceRecompute(network);
      return (starts, count) => {
        counts.push(count);
        return pagesOf(starts, count);
      };
    };
    await checkMemoryReveal(honest, counting);
    expect(networks).toBe(1);
    expect(counts).toEqual(Array(smallShape.steps).fill(openings.length));
  });

  it('computes nothing for a reveal that fails before', async () => {
    const never: RecomputePages = () => Promise.reject(new Error('computed'));
    for (const reveals of [[], changed(0, { leaf: 'AAAA' }), changed(0, { path: '' })]) {
      expect((await checkMemoryReveal({ ...honest, reveals }, never)).right).toBe(0);
    }
  });

  it('lets a fault of our own product reject, so that it is never taken for the device’s', async () => {
    const broken: RecomputePages = () => Promise.reject(new Error('out of memory'));
    await expect(checkMemoryReveal(honest, broken)).rejects.toThrow('out of memory');
  });

  it('does not call an empty question answered', async () => {
    await expect(check({ openings: [], reveals: [] })).rejects.toThrow(RangeError);
  });

  it('names of several faults the first in the order openings, leaf length, path, walk', async () => {
    const faults = {
      walk: { walkSeed: seedOf('another') },
      path: { reveals: changed(4, { path: '' }) },
      leaf: { reveals: changed(3, { path: '', leaf: '' }) },
    };
    expect(await check(faults.walk)).toEqual({ right: 0, code: 'proof.wrong-walk' });
    expect((await check({ ...faults.walk, ...faults.path })).code).toBe('proof.wrong-path');
    expect((await check({ ...faults.walk, ...faults.leaf })).code).toBe('proof.wrong-leaf-length');
    const all = [...changed(0, { leaf: '' }).slice(0, 4), { ...honest.reveals[4], walker: 18, path: '' }];
    expect((await check({ ...faults.walk, reveals: all })).code).toBe('proof.wrong-openings');
  });

  it('counts the walkers that are right beside one that is not', async () => {
    const shape = { ...smallShape, walkers: 3, steps: 1, rounds: 1, bankPages: 4 };
    const asked = [0, 1, 2].map((walker) => ({ round: 0, walker }));
    const { proof } = await honestWalk('one wrong', asked, shape);
    const leaf = flipped(proof.reveals[0]?.leaf as string, 32);
    const roots = [leafHash(Buffer.from(leaf, 'base64'))];
    const reveals = proof.reveals.map((reveal) => ({ ...reveal, leaf }));
    const verdict = await checkMemoryReveal({ ...proof, roots, reveals }, product.recompute);
    expect(verdict).toEqual({ right: 2, code: 'proof.wrong-walk' });
  });
});

describe('a leaf', () => {
  it.each([
    ['empty', ''],
    ['a byte short', zeros(1023)],
    ['a byte long', zeros(1025)],
    ['a result short', zeros(1020)],
    ['as long as the last one', zeros(44 * 4)],
    ['of other letters', zeros(1024).replaceAll('A', '-')],
  ])('that is %s has the wrong length', async (_, leaf) => {
    expect((await check({ reveals: changed(0, { leaf }) })).code).toBe('proof.wrong-leaf-length');
  });

  it.each([
    ['as long as the others', zeros(1024)],
    ['a result short', zeros(43 * 4)],
    ['a result long', zeros(45 * 4)],
  ])('that is the last one and %s has the wrong length', async (_, leaf) => {
    expect((await check({ reveals: changed(1, { leaf }) })).code).toBe('proof.wrong-leaf-length');
  });

  it('of a walk with whole leaves only is never short', async () => {
    const shape = { ...smallShape, walkers: 256, rounds: 1, steps: 1 };
    const { proof } = await honestWalk('whole', [{ round: 0, walker: 255 }], shape);
    expect((await checkMemoryReveal(proof, product.recompute)).code).toBe('proof.complete');
    const reveals = [{ ...proof.reveals[0], leaf: zeros(1020) }];
    expect((await checkMemoryReveal({ ...proof, reveals }, product.recompute)).code).toBe(
      'proof.wrong-leaf-length',
    );
  });

  it('may not differ from what was committed, not even in a walker that is not asked for', async () => {
    const leaf = flipped(honest.reveals[0]?.leaf as string, 8191);
    expect((await check({ reveals: changed(0, { leaf }) })).code).toBe('proof.wrong-path');
  });
});

describe('a reveal', () => {
  it('of another round or another leaf does not reach the root', async () => {
    for (const opening of [
      { round: 1, walker: 0 },
      { round: 0, walker: 256 },
    ]) {
      const [other] = walk.reveal([opening]);
      const verdict = await check({ reveals: changed(0, { path: other?.path, leaf: other?.leaf }) });
      expect(verdict.code).toMatch(/^proof\.wrong-(path|leaf-length)$/);
    }
  });

  it('of another walker of the same leaf is not what was asked', async () => {
    const reveals = [...walk.reveal([{ round: 0, walker: 1 }]), ...honest.reveals.slice(1)];
    expect((await check({ reveals })).code).toBe('proof.wrong-openings');
  });

  it('needs one root of 32 bytes for each round', async () => {
    for (const roots of [
      [],
      honest.roots.slice(1),
      [...honest.roots, honest.roots[0] as Uint8Array],
      honest.roots.map((root) => root.subarray(1)),
    ])
      expect((await check({ roots })).code).toBe('proof.wrong-path');
  });
});

describe('whatever a device changes in an honest reveal', () => {
  const at = fc.nat(openings.length - 1);
  const names = fc.constantFrom<keyof WalkerReveal>('round', 'walker', 'leaf', 'path');
  const bit = fc.tuple(at, fc.constantFrom('leaf', 'path'), fc.nat()).map(([i, name, which]) => {
    const reveal = honest.reveals[i] as WalkerReveal;
    return changed(i, { [name]: flipped(reveal[name as 'leaf' | 'path'], which) });
  });
  const field = fc
    .tuple(at, names, fc.anything({ withBigInt: true }))
    .map(([i, name, value]) => changed(i, { [name]: value }));
  const swapped = fc
    .tuple(at, at, names)
    .map(([i, k, name]) => changed(i, { [name]: honest.reveals[k]?.[name] }));
  const element = fc
    .tuple(at, fc.anything())
    .map(([i, value]) => honest.reveals.with(i, value as WalkerReveal));
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
      fc.asyncProperty(fc.nat(smallShape.rounds - 1), fc.nat(255), async (round, which) => {
        const roots = honest.roots.map((root) => new Uint8Array(root));
        const root = roots[round] as Uint8Array;
        root[which >> 3] = (root[which >> 3] as number) ^ (1 << (which & 7));
        expect((await check({ roots })).code).toBe('proof.wrong-path');
      }),
    );
  });

  function sameReveals(reveals: unknown): boolean {
    if (!Array.isArray(reveals) || reveals.length !== openings.length) return false;
    return reveals.every((reveal, i) => {
      const { round, walker, leaf, path } = honest.reveals[i] as WalkerReveal;
      const sent = Object(reveal);
      return sent.round === round && sent.walker === walker && sent.leaf === leaf && sent.path === path;
    });
  }
});
