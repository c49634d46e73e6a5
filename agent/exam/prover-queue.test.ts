import { describe, expect, it, vi } from 'vitest';
import { gate } from '../testing/asked-runner.js';
import { ReferenceProver } from '../testing/reference-prover.js';
import { ProverQueue } from './prover-queue.js';

/** A prover that hangs in a long work, and a hurried one behind it. */
async function hurry(needed: () => boolean) {
  vi.useFakeTimers();
  try {
    const prover = new ReferenceProver();
    const queue = new ProverQueue(prover);
    const held = gate();
    const done: string[] = [];
    void queue.next(() => held.shut).then(() => done.push('long'));
    void queue.soon(1000, async () => {}, needed).then(() => done.push('hurried'));
    await vi.advanceTimersByTimeAsync(5000);
    const before = [...done];
    held.open();
    await queue.idle();
    return { stopped: prover.calls.includes('close'), before, done };
  } finally {
    vi.useRealTimers();
  }
}

describe('queue of a prover', () => {
  it('stops what hangs when something else has to be done soon', async () => {
    expect(await hurry(() => true)).toMatchObject({ stopped: true, before: ['hurried'] });
  });

  it('stops nothing for what has become needless, and does it in its turn', async () => {
    expect(await hurry(() => false)).toEqual({ stopped: false, before: [], done: ['long', 'hurried'] });
  });

  it('goes on after work that failed', async () => {
    const queue = new ProverQueue(new ReferenceProver());
    await expect(queue.next(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await queue.next(async () => 'yes')).toBe('yes');
  });
});
