import { afterEach, describe, expect, it } from 'vitest';
import { fromHex } from '../../protocol/bytes.js';
import { ReferenceProver, tinyShape } from '../testing/reference-prover.js';
import { WorkerProver } from './worker-prover.js';

const seed = fromHex('5a'.repeat(32));
const openings = [
  { round: 0, page: 0 },
  { round: 1, page: 40 },
];

/** Throws where there is none: killing process 0 would kill this test's whole group. */
function pidOf(prover: WorkerProver): number {
  if (prover.pid === undefined) throw new Error('no process');
  return prover.pid;
}

describe('worker prover', () => {
  const prover = new WorkerProver({ engine: 'onnx-cpu' });
  afterEach(async () => await prover.close());

  it('gives the bits of the reference, and the measure of its own rate', async () => {
    expect(await prover.check()).toBeGreaterThan(0);
    expect(await prover.arm(tinyShape)).toBe('onnx-cpu');
    const shares: number[] = [];
    const roots = await prover.commit(seed, (share) => shares.push(share));
    const reference = new ReferenceProver();
    await reference.arm(tinyShape);
    expect(roots.map((root) => [...root])).toEqual(
      (await reference.commit(seed, () => {})).map((root) => [...root]),
    );
    expect(await prover.reveal(openings)).toEqual(await reference.reveal(openings));
    expect(shares.at(-1)).toBe(1);
  });

  it('rejects with engine.failed when its process dies, and starts another for the next call', async () => {
    await prover.arm(tinyShape);
    const first = pidOf(prover);
    const commit = prover.commit(seed, () => {});
    process.kill(first, 'SIGKILL');
    await expect(commit).rejects.toMatchObject({ code: 'engine.failed' });
    await expect(prover.reveal(openings)).rejects.toMatchObject({ code: 'engine.failed' });
    await prover.arm(tinyShape);
    expect(prover.pid).not.toBe(first);
    expect(await prover.commit(seed, () => {})).toHaveLength(tinyShape.rounds);
  });

  it('leaves no process behind when it is closed in the middle of its work', async () => {
    await prover.arm(tinyShape);
    const pid = pidOf(prover);
    const commit = prover.commit(seed, () => {});
    await Promise.all([expect(commit).rejects.toMatchObject({ code: 'engine.failed' }), prover.close()]);
    expect(prover.pid).toBeUndefined();
    expect(() => process.kill(pid, 0)).toThrow();
  });

  it('says which engine there is not', async () => {
    const none = new WorkerProver({ engine: 'onnx-abacus' });
    await expect(none.check()).rejects.toMatchObject({ message: expect.stringContaining('onnx-abacus') });
    await none.close();
  });
});
