import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { honestExam, seedOf, smallShape } from '../../challenges/compute/testing/honest.js';
import { workerFile } from '../../challenges/engines/worker-file.js';
import { honestWalk } from '../../challenges/memory/testing/honest.js';
import { ProofPool, type ProofPoolOptions } from './pool.js';
import type { Proof } from './proof.js';

const openings = [
  { round: 0, page: 7 },
  { round: 2, page: 1087 },
];
let exam: { readonly proof: Proof & { readonly part: 'compute' } };
let pool: ProofPool;

beforeAll(async () => {
  const { proof } = await honestExam(seedOf('pool'), openings);
  exam = { proof: { part: 'compute', ...proof } };
});
afterEach(() => pool.close());

function start(options: ProofPoolOptions): void {
  pool = new ProofPool({ threads: 1, ...options });
}

describe('ProofPool', () => {
  it('accepts an honest proof and refuses a false one', async () => {
    start({});
    expect(await pool.check(exam.proof)).toEqual({ right: 2, code: 'proof.complete' });
    const other = { ...exam.proof, seed: seedOf('another seed') };
    expect(await pool.check(other)).toEqual({ right: 0, code: 'proof.wrong-page' });
    expect(await pool.check({ ...exam.proof, reveals: 'junk' })).toEqual({
      right: 0,
      code: 'proof.wrong-openings',
    });
  });

  it('judges a walk as a walk, between the pages of others', async () => {
    start({});
    const { proof } = await honestWalk('pool', [{ round: 2, walker: 299 }]);
    const walk: Proof = { part: 'memory', ...proof };
    const other: Proof = { ...walk, walkSeed: seedOf('another seed') };
    const verdicts = await Promise.all([walk, exam.proof, other].map((each) => pool.check(each)));
    expect(verdicts).toEqual([
      { right: 1, code: 'proof.complete' },
      { right: 2, code: 'proof.complete' },
      { right: 0, code: 'proof.wrong-walk' },
    ]);
  });

  it('judges proofs of more shapes than it keeps sessions for', async () => {
    start({});
    for (const layers of [1, 2, 3, 4, 6, 1]) {
      const shape = { ...smallShape, layers, pages: 64, rounds: 1 };
      const { proof } = await honestExam(seedOf(`layers ${layers}`), [{ round: 0, page: 1 }], shape);
      expect(await pool.check({ part: 'compute', ...proof })).toEqual({ right: 1, code: 'proof.complete' });
    }
  });

  it('refuses what its queue cannot hold, and judges all that it took', async () => {
    start({ maxQueue: 3 });
    const checks = await Promise.allSettled(Array.from({ length: 12 }, () => pool.check(exam.proof)));
    const taken = checks.filter((check) => check.status === 'fulfilled');
    const refused = checks.filter((check) => check.status === 'rejected');
    expect(taken.length).toBeGreaterThanOrEqual(3);
    expect(taken.length).toBeLessThanOrEqual(4);
    for (const { value } of taken) expect(value).toEqual({ right: 2, code: 'proof.complete' });
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'queue.full' });
    expect(pool.waiting).toBe(0);
  });

  it('has room and turns for proven devices, however many newcomers’ proofs stand there', async () => {
    start({ maxQueue: 20 });
    const done: string[] = [];
    const newcomers = Array.from({ length: 20 }, () =>
      pool.check(exam.proof, 'newcomer').then(() => done.push('newcomer')),
    );
    await Promise.race(newcomers);
    const proven = pool.check(exam.proof, 'proven').then(() => done.push('proven'));
    await Promise.all([...newcomers, proven]);
    expect(done).toHaveLength(21);
    // The first had ended, one was at work and another one's turn may have come.
    expect(done.indexOf('proven')).toBeLessThan(5);
  });

  it('rejects the proof under which a worker dies, and goes on with the others', async () => {
    start({ worker: workerFile(import.meta.url, 'testing/crashing-worker') });
    const deadly = { ...exam.proof, seed: new Uint8Array(32) };
    const [first, fatal, waiting] = await Promise.allSettled([
      pool.check(exam.proof),
      pool.check(deadly),
      pool.check(exam.proof),
    ]);
    expect(first).toMatchObject({ status: 'fulfilled' });
    expect(fatal).toMatchObject({ status: 'rejected' });
    expect(waiting).toMatchObject({ status: 'fulfilled', value: { code: 'proof.complete' } });
    expect(await pool.check(exam.proof)).toEqual({ right: 2, code: 'proof.complete' });
  });

  it('rejects what is under way when it is closed', async () => {
    start({});
    const check = pool.check(exam.proof);
    const rejected = expect(check).rejects.toThrow();
    await pool.close();
    await rejected;
  });
});
