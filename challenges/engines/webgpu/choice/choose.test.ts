import { describe, expect, it } from 'vitest';
import { type Candidate, chooseKernel, type Trial } from './choose.js';

/** A kernel by what it gives and how long it takes. */
interface Fake {
  readonly bits: readonly number[] | Error;
  readonly milliseconds: number | Error;
}

const right = [1, 2, 3];
const plain = { name: 'plain', kernel: { bits: right, milliseconds: 10 } as Fake };

const given = async <T>(value: T | Error): Promise<T> => {
  if (value instanceof Error) throw value;
  return value;
};

const trial: Trial<Fake> = {
  bits: async (kernel) => Uint8Array.from(await given(kernel.bits)),
  milliseconds: (kernel) => given(kernel.milliseconds),
};

const candidate = (name: string, kernel: Partial<Fake> | Error, offered = true): Candidate<Fake> => ({
  name,
  offered,
  compile: async () => ({ bits: right, milliseconds: 5, ...(await given(kernel)) }),
});

describe('a kernel is chosen over the plain one', () => {
  it('where it is offered, compiles, gives the same bits and is faster', async () => {
    const chosen = await chooseKernel(plain, [candidate('matrix', {})], trial);
    expect(chosen.name).toBe('matrix');
    expect(chosen.refused).toEqual({ plain: 'slower' });
  });

  it.each([
    ['not offered', candidate('matrix', {}, false)],
    ['does not compile', candidate('matrix', new Error('unknown extension'))],
    ['other bits', candidate('matrix', { bits: [1, 2, 4] })],
    ['other bits', candidate('matrix', { bits: [1, 2] })],
    ['fails', candidate('matrix', { bits: new Error('lost') })],
    ['fails', candidate('matrix', { milliseconds: new Error('lost') })],
    ['slower', candidate('matrix', { milliseconds: 11 })],
    ['slower', candidate('matrix', { milliseconds: 10 })],
  ] as const)('and not where it is %s', async (why, rival) => {
    const chosen = await chooseKernel(plain, [rival], trial);
    expect(chosen).toEqual({ ...plain, refused: { matrix: why } });
  });

  it('and the fastest of several right ones wins', async () => {
    const rivals = [
      candidate('tiled', { milliseconds: 4 }),
      candidate('wrong', { milliseconds: 1, bits: [0, 0, 0] }),
      candidate('matrix', { milliseconds: 2 }),
      candidate('late', { milliseconds: 3 }),
    ];
    const chosen = await chooseKernel(plain, rivals, trial);
    expect(chosen.name).toBe('matrix');
    expect(chosen.refused).toEqual({ plain: 'slower', tiled: 'slower', wrong: 'other bits', late: 'slower' });
  });

  it('and nothing is tried where nothing is offered', async () => {
    const untouched: Trial<Fake> = {
      bits: () => Promise.reject(new Error('tried')),
      milliseconds: () => Promise.reject(new Error('tried')),
    };
    const chosen = await chooseKernel(plain, [candidate('matrix', {}, false)], untouched);
    expect(chosen.name).toBe('plain');
  });
});
