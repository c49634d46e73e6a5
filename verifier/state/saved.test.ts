import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../protocol/clock.js';
import { TouchstoneError } from '../../protocol/error.js';
import { MemoryState } from './memory.js';
import { Saved } from './saved.js';

const log = { error: () => {} };
const over = (state: MemoryState | null) =>
  new Saved<{ readonly step: number }>({ state, name: 'thing', ttlMs: 60_000, log });

describe('what is saved for the next home', () => {
  it('is what was put last, for whoever reads it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(fc.nat()), { minLength: 1, maxLength: 20 }), async (steps) => {
        const state = new MemoryState(systemClock);
        const saved = over(state);
        for (const [at, step] of steps.entries()) {
          saved.put('one', step === null ? null : { step });
          if (at % 3 === 0) await new Promise(setImmediate);
        }
        await saved.flush('one');
        const last = steps.at(-1) ?? null;
        expect(await over(state).get('one')).toEqual(last === null ? null : { step: last });
      }),
    );
  });

  it('is offered again where the hot state is away for a moment, and no older value comes after a newer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    try {
      const state = new MemoryState(systemClock);
      let away = true;
      const put = state.put.bind(state);
      vi.spyOn(state, 'put').mockImplementation(async (...of) => {
        if (away) throw new TouchstoneError('service.busy');
        await put(...of);
      });
      const saved = over(state);
      saved.put('one', { step: 1 });
      await vi.advanceTimersByTimeAsync(2_000);
      saved.put('one', { step: 2 });
      away = false;
      await vi.advanceTimersByTimeAsync(2_000);
      await saved.flush('one');
      expect(await saved.get('one')).toEqual({ step: 2 });
    } finally {
      vi.useRealTimers();
    }
  });

  it('gives up after a while, so that nobody waits for ever', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    try {
      const state = new MemoryState(systemClock);
      vi.spyOn(state, 'put').mockRejectedValue(new TouchstoneError('service.busy'));
      const saved = over(state);
      saved.put('one', { step: 1 });
      const flushed = saved.flush('one');
      await vi.advanceTimersByTimeAsync(60_000);
      await flushed;
      expect(await saved.get('one')).toBeNull();
    } finally {
      vi.useRealTimers();
    }
  });

  it('is nothing where there is no other verifier', async () => {
    const saved = over(null);
    saved.put('one', { step: 1 });
    await saved.flush('one');
    expect(await saved.get('one')).toBeNull();
  });
});
