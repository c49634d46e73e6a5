import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { limits } from '../../../protocol/limits.js';
import { firstBase, modulusBytes } from '../../timelock/chain.js';
import { knownTrapdoor } from '../../timelock/testing/known.js';
import type { Squarer } from '../squarer.js';
import { workerFile } from '../worker-file.js';
import { createSquarer, type SquarerOptions, squarerNames } from './squarer.js';

const { modulus } = knownTrapdoor;
const [base, otherBase] = [firstBase(new Uint8Array(32)), firstBase(new Uint8Array(32).fill(1))];
const unsignalled = () => new AbortController().signal;
const right = (squarings: number, of = base) => knownTrapdoor.power(squarings)(of);
/** Hours of work: whoever waits for it waits for something else to happen. */
const endless = limits.squarings;

let squarer: Squarer;
afterEach(() => squarer.close());
const start = (options: SquarerOptions = {}) => {
  squarer = createSquarer(options);
};

describe('createSquarer', () => {
  it.each(squarerNames)('squares in its thread, only by the way %s where that is wanted', async (only) => {
    start({ only });
    expect(await squarer.square(modulus, base, 20_000, unsignalled())).toEqual(right(20_000));
    expect(squarer.name).toBe(only);
  });

  it('leaves this thread free meanwhile', async () => {
    start();
    let turns = 0;
    const ticking = setInterval(() => turns++, 1);
    await squarer.square(modulus, base, 2 ** 18, unsignalled());
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(3);
    expect(squarer.name).toBe('native');
  });

  it('does several pieces one after the other, also modulo other numbers', async () => {
    start();
    const other = Uint8Array.from(modulus).fill(0xff, 100);
    const [first, second, third] = await Promise.all([
      squarer.square(modulus, base, 5000, unsignalled()),
      squarer.square(other, base, 10, unsignalled()),
      squarer.square(modulus, otherBase, 5000, unsignalled()),
    ]);
    expect(first).toEqual(right(5000));
    expect(second).not.toEqual(right(10));
    expect(third).toEqual(right(5000, otherBase));
  });

  it('takes views into longer buffers, and leaves them as they were', async () => {
    start();
    const long = new Uint8Array(3 * modulusBytes);
    long.set(modulus, 10);
    long.set(base, 400);
    const before = Uint8Array.from(long);
    const solution = squarer.square(long.subarray(10, 266), long.subarray(400, 656), 3, unsignalled());
    expect(await solution).toEqual(right(3));
    expect(long).toEqual(before);
  });

  it('stops what is under way with the reason of its signal, and does the next piece', async () => {
    start();
    const [running, waiting] = [new AbortController(), new AbortController()];
    const one = squarer.square(modulus, base, endless, running.signal);
    const two = squarer.square(modulus, base, endless, waiting.signal);
    const three = squarer.square(modulus, base, 100, unsignalled());
    waiting.abort(new Error('not wanted'));
    await expect(two).rejects.toThrow('not wanted');
    running.abort(new Error('the line is back'));
    await expect(one).rejects.toThrow('the line is back');
    expect(await three).toEqual(right(100));
  });

  it('does not begin what is stopped before', async () => {
    start();
    const reason = new Error('too late');
    await expect(squarer.square(modulus, base, endless, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('takes no notice of a signal after its piece is done', async () => {
    start();
    const controller = new AbortController();
    expect(await squarer.square(modulus, base, 7, controller.signal)).toEqual(right(7));
    controller.abort();
    expect(await squarer.square(modulus, base, 8, unsignalled())).toEqual(right(8));
  });

  it('rejects what is under way when it is closed, and all that comes later', async () => {
    start();
    const running = squarer.square(modulus, base, endless, unsignalled());
    const waiting = squarer.square(modulus, base, endless, unsignalled());
    const rejected = [running, waiting].map((each) =>
      expect(each).rejects.toMatchObject({ code: 'engine.failed' }),
    );
    await squarer.close();
    await Promise.all(rejected);
    const late = squarer.square(modulus, base, 1, unsignalled());
    await expect(late).rejects.toMatchObject({ code: 'engine.failed' });
    await squarer.close();
  });

  it('says by which way its thread went', async () => {
    start({ worker: workerFile(import.meta.url, 'testing/dying-squaring-thread') });
    expect(squarer.name).toBe('native');
    await squarer.square(modulus, base, 1, unsignalled());
    expect(squarer.name).toBe('bigint');
  });

  it('fails what a thread died of, and gets another thread', async () => {
    start({ worker: workerFile(import.meta.url, 'testing/dying-squaring-thread') });
    expect(await squarer.square(modulus, base, 1, unsignalled())).toEqual(base);
    const deadly = [2, 1].map((squarings) => squarer.square(modulus, base, squarings, unsignalled()));
    for (const failed of await Promise.allSettled(deadly))
      expect(failed).toMatchObject({
        status: 'rejected',
        reason: { code: 'engine.failed', message: expect.stringContaining('out of memory') },
      });
    expect(await squarer.square(modulus, base, 1, unsignalled())).toEqual(base);
  });

  it.each<[string, Uint8Array, Uint8Array, number]>([
    ['a short modulus', modulus.subarray(1), base, 1],
    ['a modulus without its highest bit', base, new Uint8Array(modulusBytes), 1],
    ['no modulus', new Uint8Array(0), base, 1],
    ['a short base', modulus, base.subarray(1), 1],
    ['a base that is not below the modulus', modulus, modulus, 1],
    ['no squarings', modulus, base, 0],
    ['half a squaring', modulus, base, 0.5],
    ['too many squarings', modulus, base, limits.squarings + 1],
  ])('refuses %s', async (_, ...work) => {
    start();
    const refused = squarer.square(...work, unsignalled());
    await expect(refused).rejects.toMatchObject({ code: 'engine.failed' });
  });

  it('keeps no process alive when its work is done', async () => {
    start();
    const program = fileURLToPath(new URL('./testing/square-once.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', program], {
      timeout: 60_000,
    });
    expect(stdout).toBe('256');
  });
});
