import { describe, expect, it, vi } from 'vitest';
import { gate } from '../testing/asked-runner.js';
import { ReferenceProver } from '../testing/reference-prover.js';
import { ProverQueue, type Turn } from './prover-queue.js';

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

  it('goes on after work that failed at once', async () => {
    const queue = new ProverQueue(new ReferenceProver());
    const failing = queue.next(() => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await queue.idle();
    expect(await queue.next(async () => 'yes')).toBe('yes');
  });

  it('does what waits for an exam first, then probes, then the rest, each in the order it came', async () => {
    const queue = new ProverQueue(new ReferenceProver());
    const held = gate();
    void queue.next(() => held.shut);
    await Promise.resolve();
    const done: string[] = [];
    const waiting: readonly (readonly [string, Turn])[] = [
      ['link 1', 'later'],
      ['probe 1', 'probe'],
      ['link 2', 'later'],
      ['exam 1', 'exam'],
      ['probe 2', 'probe'],
      ['exam 2', 'exam'],
    ];
    for (const [name, turn] of waiting) {
      void queue.next(async () => {
        done.push(name);
      }, turn);
    }
    held.open();
    await queue.idle();
    expect(done).toEqual(['exam 1', 'exam 2', 'probe 1', 'probe 2', 'link 1', 'link 2']);
  });

  it('does one thing at a time, and each once, also where one was hurried past others', async () => {
    vi.useFakeTimers();
    try {
      const queue = new ProverQueue(new ReferenceProver());
      const held = gate();
      const done: string[] = [];
      let at = 0;
      let most = 0;
      const work = (name: string) => async (): Promise<void> => {
        most = Math.max(most, ++at);
        await Promise.resolve();
        at -= 1;
        done.push(name);
      };
      void queue.next(() => held.shut).then(() => done.push('hung'));
      void queue.next(work('first'));
      void queue.soon(1000, work('hurried'), undefined, 'later');
      void queue.next(work('last'));
      await vi.advanceTimersByTimeAsync(5000);
      held.open();
      await queue.idle();
      await vi.advanceTimersByTimeAsync(0);
      expect(done).toEqual(['hurried', 'first', 'last', 'hung']);
      expect(most).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });
});
