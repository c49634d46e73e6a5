import { describe, expect, it, vi } from 'vitest';
import type { MemoryShape } from '../../protocol/shapes.js';
import {
  arm,
  armTable,
  exam,
  gate,
  go,
  goWalk,
  probe,
  probeOpen,
  probeWalk,
  runnerOf,
  seed,
  tableBuild,
  tableDrop,
  types,
  verdict,
} from '../testing/asked-runner.js';
import { ReferenceProver, tinyTable } from '../testing/reference-prover.js';

/** Another shape, as a ballast has. */
const ballast: MemoryShape = { ...tinyTable, layers: 3, banks: 1, steps: 2 };

/** An exam that leaves the table of `b` on card 0. */
const passed = [armTable(exam('1'), 'b'), goWalk(exam('1'), 'c'), verdict(exam('1'))];

class RestingProver extends ReferenceProver {
  async rest(): Promise<void> {
    this.calls.push('rest');
  }
}

describe('ordered tables', () => {
  it('take the place of the one that an exam left, and are probed', async () => {
    const { ask, events } = runnerOf(new ReferenceProver());
    await ask(...passed);
    events.length = 0;
    expect(await ask(tableBuild('d', ballast))).toEqual([
      { type: 'table.ready', card: 0, tableSeed: seed('d'), engine: 'reference' },
    ]);
    expect(events).toEqual([
      { type: 'table.ordered', card: 0, purpose: 'ballast', bytes: 256 * 256 },
      { type: 'table.kept', card: 0 },
    ]);
    expect(types(await ask(probeWalk('e', 'd'), probeOpen('e')))).toEqual(['probe.commit', 'probe.reveal']);
    expect(await ask(probeWalk('f', 'b'))).toMatchObject([{ reason: 'no-table' }]);
  });

  it('are made where there was none, and walked on the moment they stand', async () => {
    const prover = new ReferenceProver();
    const { runner, sent } = runnerOf(prover);
    const held = gate();
    prover.buildGate = held.shut;
    runner.handle(tableBuild('d'));
    await expect.poll(() => prover.calls).toEqual(['build']);
    runner.handle(probeWalk('e', 'd'));
    held.open();
    await runner.idle();
    expect(types(sent).sort()).toEqual(['probe.commit', 'table.ready']);
  });

  it('are made once for an order that comes twice', async () => {
    const prover = new ReferenceProver();
    const { ask, events, runner } = runnerOf(prover);
    runner.handle(tableBuild('d'));
    expect(types(await ask(tableBuild('d'), probeWalk('e', 'd')))).toContain('probe.commit');
    expect(events.filter(({ type }) => type === 'table.declined')).toEqual([]);
  });

  it('leave the table that is there to its probes until they are begun', async () => {
    const { ask, runner, sent } = runnerOf(new ReferenceProver());
    await ask(...passed);
    sent.length = 0;
    runner.handle(tableBuild('e'));
    runner.handle(probeWalk('d', 'b'));
    await runner.idle();
    expect(types(sent)).toEqual(['probe.commit', 'table.ready']);
  });

  it('are not made where they were dropped before they were begun', async () => {
    const prover = new ReferenceProver();
    const { runner, sent } = runnerOf(prover);
    runner.handle(tableBuild('d'));
    runner.handle(tableDrop('d'));
    await runner.idle();
    expect(types(sent)).toEqual(['table.decline']);
    expect(prover.calls).toEqual([]);
  });

  it('are declined for a newer order that came before they were begun', async () => {
    const { runner, sent } = runnerOf(new ReferenceProver());
    runner.handle(tableBuild('d'));
    runner.handle(tableBuild('e'));
    await runner.idle();
    expect(sent).toMatchObject([
      { type: 'table.decline', tableSeed: seed('d') },
      { type: 'table.ready', tableSeed: seed('e') },
    ]);
  });

  it('wait for an exam that comes first, and are declined then', async () => {
    const prover = new ReferenceProver();
    const { ask, runner, sent } = runnerOf(prover);
    await ask(...passed);
    sent.length = 0;
    runner.handle(tableBuild('d'));
    runner.handle(arm(exam('2')));
    await runner.idle();
    expect(sent).toMatchObject([{ type: 'exam.ready' }, { type: 'table.decline', tableSeed: seed('d') }]);
    expect(prover.calls.filter((call) => call === 'build')).toHaveLength(1);
    expect(types(await ask(go(exam('2'), 'a')))).toEqual(['exam.commit']);
  });

  it('wait for probes of the table that is still there', async () => {
    const prover = new ReferenceProver();
    const { ask, runner, sent } = runnerOf(prover);
    await ask(...passed);
    const held = gate();
    prover.gate = held.shut;
    runner.handle(probeWalk('d', 'b'));
    await expect.poll(() => prover.calls.at(-1)).toBe('walk');
    sent.length = 0;
    runner.handle(tableBuild('e'));
    held.open();
    await runner.idle();
    expect(sent).toMatchObject([
      { type: 'probe.commit', probe: probe('d') },
      { type: 'table.ready', tableSeed: seed('e') },
    ]);
  });

  it('are declined in the words of the engine where there is no room, and the memory is given back', async () => {
    const prover = new RestingProver({ table: null });
    const { ask, events } = runnerOf(prover);
    expect(await ask(tableBuild('d'))).toMatchObject([
      { type: 'table.decline', message: expect.stringContaining('No engine on this machine holds a table') },
    ]);
    expect(events).toContainEqual(expect.objectContaining({ type: 'table.declined', code: 'engine.failed' }));
    expect(prover.calls).toEqual(['build', 'dropTable', 'rest']);
    expect(await ask({ ...tableBuild('d'), card: 9 })).toMatchObject([{ type: 'table.decline', card: 9 }]);
  });

  it('stop a prover that hangs, but no exam', async () => {
    vi.useFakeTimers();
    try {
      /** Orders a table while a walk or, in an exam, a computation hangs. */
      const hang = async (examined: boolean) => {
        const prover = new ReferenceProver();
        const stuck = gate();
        prover.close = async () => {
          prover.calls.push('close');
          stuck.open();
        };
        const { runner, ask, sent } = runnerOf(prover);
        await ask(...passed, ...(examined ? [arm(exam('2'))] : []));
        prover.gate = stuck.shut.then(() => Promise.reject(new Error('killed')));
        runner.handle(examined ? go(exam('2'), 'a') : probeWalk('d', 'b'));
        runner.handle(tableBuild('e'));
        await vi.advanceTimersByTimeAsync(4000);
        return { closed: prover.calls.includes('close'), sent: types(sent) };
      };
      const probed = await hang(false);
      expect(probed.closed).toBe(true);
      expect(probed.sent).toContain('table.ready');
      expect((await hang(true)).closed).toBe(false);
    } finally {
      vi.useRealTimers();
    }
  });

  it('go when they are dropped by their seed, and the card rests', async () => {
    const prover = new RestingProver();
    const { ask, events } = runnerOf(prover);
    await ask(tableBuild('d'), tableDrop('e'));
    expect(prover.calls).toEqual(['build']);
    expect(await ask(tableDrop('d'))).toEqual([]);
    expect(prover.calls).toEqual(['build', 'dropTable', 'rest']);
    expect(events.at(-1)).toEqual({ type: 'table.dropped', card: 0 });
    expect(await ask(tableDrop('d'), { ...tableDrop('d'), card: 9 })).toEqual([]);
    expect(await ask(probeWalk('f', 'd'))).toMatchObject([{ reason: 'no-table' }]);
  });
});
