import { Compile } from 'typebox/compile';
import { afterEach, describe, expect, it } from 'vitest';
import { CardClaim } from '../../protocol/messages/cards.js';
import { findCpu } from './cpu.js';
import { fastest, fastestOfFirst, type StartedCard, startCard } from './start.js';

let started: StartedCard | undefined;
afterEach(async () => await started?.prover?.close());

describe('a started card', () => {
  it('runs an engine of each kind that works here, and says why the others do not', async () => {
    started = await startCard({
      card: findCpu(),
      engines: ['onnx-dml', 'onnx-cpu'],
      tableEngines: ['slate', 'cpu'],
      env: {},
    });
    expect(started.claim).toMatchObject({ kind: 'cpu', engine: 'onnx-cpu', memoryEngine: 'cpu' });
    expect(started.claim.warmupGflops).toBeGreaterThan(0);
    expect(started.claim.tableGops).toBeGreaterThan(0);
    expect(Compile(CardClaim).Check(started.claim)).toBe(true);
    expect(started.failed.map(({ engine }) => engine)).toEqual(['onnx-dml']);
    expect(started.failedTables.map(({ engine }) => engine)).toEqual(['slate']);
  });

  it('that is a software device runs the first engine that does, and no other is tried', async () => {
    started = await startCard({
      card: { ...findCpu(), kind: 'software' },
      engines: ['onnx-cpu', 'slate'],
      tableEngines: [],
      env: {},
    });
    expect(started.claim.engine).toBe('onnx-cpu');
    expect(started.failed).toEqual([]);
  });

  it('is claimed without an engine where none works, with the reason', async () => {
    started = await startCard({ card: findCpu(), engines: [], tableEngines: ['cpu'], env: {} });
    expect(started.prover).toBeNull();
    expect(started.claim.engine).toBeNull();
    expect(started.failed).toHaveLength(1);
  });
});

describe('a card that is being started', () => {
  it('is given up at once when it is told to stop', async () => {
    const stop = new AbortController();
    const starting = startCard(
      { card: findCpu(), engines: ['onnx-cpu', 'tfjs-cpu'], tableEngines: ['cpu'], env: {} },
      stop.signal,
    );
    setTimeout(() => stop.abort(new Error('stopped')), 20);
    await expect(starting).rejects.toThrow('stopped');
  });
});

describe('the fastest engine', () => {
  const trials = ['slow', 'broken', 'fast', 'absent'].map((engine) => ({
    engine,
    refusal: engine === 'absent' ? 'not here' : null,
  }));

  it('is found by trying them one after another, whatever their order', async () => {
    let running = 0;
    const result = await fastest(trials, async (engine) => {
      running += 1;
      expect(running).toBe(1);
      await Promise.resolve();
      running -= 1;
      if (engine === 'broken') throw new Error('driver');
      return engine === 'fast' ? 20 : 10;
    });
    expect(result).toEqual({
      best: { engine: 'fast', rate: 20 },
      failed: [
        { engine: 'broken', message: 'driver' },
        { engine: 'absent', message: 'not here' },
      ],
    });
  });

  it('is looked for among those with published figures first, and the others are not tried where one of them does', async () => {
    const tried: string[] = [];
    const rates: Record<string, number> = { known: 10, other: 30, another: 20 };
    const measure = async (engine: string) => {
      tried.push(engine);
      const rate = rates[engine];
      if (rate === undefined) throw new Error('driver');
      return rate;
    };
    const trial = (engine: string) => ({ engine, refusal: null });
    const others = [trial('other'), trial('another')];
    expect((await fastestOfFirst([[trial('known')], others], measure)).best?.engine).toBe('known');
    expect(tried).toEqual(['known']);
    const without = await fastestOfFirst([[trial('broken')], others], measure);
    expect(without).toEqual({
      best: { engine: 'other', rate: 30 },
      failed: [{ engine: 'broken', message: 'driver' }],
    });
  });
});
