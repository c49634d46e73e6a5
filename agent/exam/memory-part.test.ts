import { describe, expect, it, vi } from 'vitest';
import { referenceRecompute } from '../../challenges/engines/reference.js';
import { createReferenceTableEngine } from '../../challenges/engines/reference-table.js';
import { checkMemoryReveal } from '../../challenges/memory/verifier.js';
import { fromHex } from '../../protocol/bytes.js';
import { TouchstoneError } from '../../protocol/error.js';
import { limits } from '../../protocol/limits.js';
import {
  arm,
  armTable,
  exam,
  gate,
  go,
  goWalk,
  open,
  openWalk,
  probeWalk,
  runnerOf,
  seed,
  types,
  verdict,
  walkerOpenings,
  within,
} from '../testing/asked-runner.js';
import { ReferenceProver, tinyTable } from '../testing/reference-prover.js';
import type { RunnerMessage } from './runner.js';

const hourMs = 3600_000;

/** Also counts when it was let rest. */
class RestingProver extends ReferenceProver {
  async rest(): Promise<void> {
    this.calls.push('rest');
  }
}

/** Judges a walk's answers as a verifier does. */
async function judge(commit?: RunnerMessage, reveal?: RunnerMessage, tableSeed = '') {
  if (commit?.type !== 'exam.commit' || reveal?.type !== 'exam.reveal' || reveal.part !== 'memory')
    throw new Error('other answers');
  return await checkMemoryReveal(
    {
      shape: tinyTable,
      tableSeed: fromHex(tableSeed),
      walkSeed: fromHex(commit.seed),
      roots: commit.roots.map(fromHex),
      openings: walkerOpenings,
      reveals: reveal.reveals,
    },
    referenceRecompute,
  );
}

describe('memory part', () => {
  it('answers arm, go and open with a walk that verifies, after the compute part and by the same steps', async () => {
    const { ask, events } = runnerOf(new ReferenceProver());
    await ask(arm(exam('1')), go(exam('1'), 'a'), open(exam('1')));
    events.length = 0;
    const [ready, commit, reveal] = await ask(
      armTable(exam('1'), 'b'),
      goWalk(exam('1'), 'c'),
      openWalk(exam('1')),
    );
    expect(ready).toMatchObject({ type: 'exam.ready', part: 'memory', engine: 'reference' });
    expect(await judge(commit, reveal, seed('b'))).toEqual({ right: 2, code: 'proof.complete' });
    expect([...new Set(events.map((event) => event.type))]).toEqual([
      'exam.armed',
      'exam.building',
      'exam.ready',
      'exam.started',
      'exam.progress',
      'exam.committed',
      'exam.revealed',
    ]);
  });

  it('walks one seed once, however often it is asked', async () => {
    const prover = new ReferenceProver();
    const { ask } = runnerOf(prover);
    const questions = [armTable(exam('1'), 'b'), goWalk(exam('1'), 'c'), openWalk(exam('1'))];
    const [, commit, reveal] = await ask(...questions);
    expect(await ask(goWalk(exam('1'), 'c'), openWalk(exam('1')))).toEqual([commit, reveal]);
    expect(prover.calls.filter((call) => call === 'walk')).toHaveLength(1);
  });

  it('shows the pages of the compute part again after the table was built', async () => {
    const { ask } = runnerOf(new ReferenceProver());
    const [, , reveal] = await ask(arm(exam('1')), go(exam('1'), 'a'), open(exam('1')));
    const [, again] = await ask(armTable(exam('1'), 'b'), open(exam('1')));
    expect(again).toEqual(reveal);
  });

  it('takes a second attempt with another table and another walk', async () => {
    const { ask } = runnerOf(new ReferenceProver());
    await ask(armTable(exam('1'), 'b'), goWalk(exam('1'), 'c'));
    const answers = await ask(armTable(exam('1'), 'd', 2), goWalk(exam('1'), 'e'), openWalk(exam('1')));
    expect(await judge(answers[1], answers[2], seed('d'))).toEqual({ right: 2, code: 'proof.complete' });
  });

  it.each(['failed', 'unanswered', 'ours'] as const)(
    'lets the table go, and the card rest, at the verdict %s',
    async (outcome) => {
      const prover = new RestingProver();
      const { ask, events } = runnerOf(prover);
      await ask(armTable(exam('1'), 'b'), goWalk(exam('1'), 'c'), verdict(exam('2'), outcome));
      expect(prover.calls).toEqual(['build', 'walk']);
      await ask(verdict(exam('1'), outcome));
      expect(prover.calls).toEqual(['build', 'walk', 'dropTable', 'rest']);
      expect(events.map(({ type }) => type)).toContain('table.dropped');
    },
  );

  it('keeps the table and its process at the verdict passed, until the next exam computes', async () => {
    const prover = new RestingProver();
    const { ask, events } = runnerOf(prover);
    await ask(armTable(exam('1'), 'b'), goWalk(exam('1'), 'c'), openWalk(exam('1')), verdict(exam('1')));
    expect(prover.calls).toEqual(['build', 'walk', 'revealWalk']);
    expect(events.map(({ type }) => type)).toContain('table.kept');
    await ask(arm(exam('2')));
    expect(prover.calls.slice(3)).toEqual(['dropTable', 'arm']);
  });

  it('keeps the table where a second verdict of its exam comes', async () => {
    const prover = new RestingProver();
    const { ask } = runnerOf(prover);
    await ask(armTable(exam('1'), 'b'), goWalk(exam('1'), 'c'), verdict(exam('1')));
    await ask(verdict(exam('1')), verdict(exam('1'), 'failed'));
    expect(prover.calls).toEqual(['build', 'walk']);
  });

  it('lets the card rest at a verdict where there is no table, but not when it is armed again by then', async () => {
    const prover = new RestingProver();
    const rests = (): number => prover.calls.filter((call) => call === 'rest').length;
    const { ask, runner } = runnerOf(prover);
    await ask(arm(exam('1')), go(exam('1'), 'a'), open(exam('1')), verdict(exam('2')));
    expect(rests()).toBe(0);
    runner.handle(verdict(exam('1')));
    await ask(arm(exam('2')));
    expect(rests()).toBe(0);
    await ask(verdict(exam('2')));
    expect(rests()).toBe(1);
  });

  it('lets a table that stays go when nobody asks about it for seven hours', async () => {
    vi.useFakeTimers();
    try {
      const prover = new RestingProver();
      const { ask } = runnerOf(prover);
      await ask(armTable(exam('1'), 'b'), goWalk(exam('1'), 'c'), verdict(exam('1')));
      await vi.advanceTimersByTimeAsync(6 * hourMs);
      await ask(probeWalk('d', 'b'));
      await vi.advanceTimersByTimeAsync(6.9 * hourMs);
      expect(prover.calls).toEqual(['build', 'walk', 'walk']);
      await vi.advanceTimersByTimeAsync(0.2 * hourMs);
      expect(prover.calls).toEqual(['build', 'walk', 'walk', 'dropTable', 'rest']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('lets an old table go before the compute part of a newer exam', async () => {
    const prover = new ReferenceProver();
    const { ask } = runnerOf(prover);
    await ask(armTable(exam('1'), 'b'), arm(exam('2')));
    expect(prover.calls).toEqual(['build', 'dropTable', 'arm']);
  });

  it('lets a table go once its own exam is over, not by the verdict of the one before', async () => {
    const prover = new ReferenceProver();
    const { runner, ask } = runnerOf(prover);
    await ask(armTable(exam('1'), 'b'));
    runner.handle(verdict(exam('1')));
    runner.handle(armTable(exam('2'), 'd'));
    await runner.idle();
    expect(prover.calls).toEqual(['build', 'build']);
    await ask(goWalk(exam('2'), 'e'), verdict(exam('2'), 'failed'));
    expect(prover.calls).toEqual(['build', 'build', 'walk', 'dropTable']);
  });

  it('lets the table go when nobody asks for it any more, and says so to who comes late', async () => {
    vi.useFakeTimers();
    try {
      const prover = new ReferenceProver();
      const { ask } = runnerOf(prover);
      await ask(within(60_000, armTable(exam('1'), 'b')));
      // The others of the cohort may need all the time that there is for a table.
      await vi.advanceTimersByTimeAsync(limits.buildMs + 119_000);
      expect(prover.calls).toEqual(['build']);
      await vi.advanceTimersByTimeAsync(2000);
      expect(prover.calls).toEqual(['build', 'dropTable']);
      expect(await ask(goWalk(exam('1'), 'c'))).toMatchObject([
        { type: 'exam.decline', part: 'memory', message: expect.stringContaining('There is no table') },
      ]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('stops a build that goes on long after the verdict, and declines no exam that is over', async () => {
    vi.useFakeTimers();
    try {
      const prover = new ReferenceProver();
      const stuck = gate();
      prover.buildGate = stuck.shut.then(() => Promise.reject(new Error('killed')));
      const close = prover.close.bind(prover);
      prover.close = async () => {
        stuck.open();
        await close();
      };
      const { runner, sent } = runnerOf(prover);
      runner.handle(armTable(exam('1'), 'b'));
      runner.handle(verdict(exam('1')));
      await vi.advanceTimersByTimeAsync(20_000);
      expect(prover.calls).toEqual(['build', 'close', 'dropTable']);
      expect(sent).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('declines the walk of a part that it was not armed for', async () => {
    const { ask } = runnerOf(new ReferenceProver());
    await ask(arm(exam('1')));
    expect(await ask(goWalk(exam('1'), 'c'), openWalk(exam('1')))).toMatchObject([
      { type: 'exam.decline', part: 'memory' },
      { type: 'exam.decline', part: 'memory' },
    ]);
  });

  it('declines where the card has no table engine', async () => {
    const { ask } = runnerOf(new ReferenceProver({ table: null }));
    expect(types(await ask(arm(exam('1')), armTable(exam('1'), 'b')))).toEqual([
      'exam.ready',
      'exam.decline',
    ]);
  });

  it.each(['engine.out-of-memory', 'engine.device-lost'] as const)(
    'says %s in its words when a table breaks by it, and answers the next exam',
    async (code) => {
      let broken = true;
      const prover = new ReferenceProver({
        table: () => {
          const engine = createReferenceTableEngine();
          const prepare = engine.prepare.bind(engine);
          engine.prepare = async (shape) => {
            if (broken) throw new TouchstoneError(code, 'Bank 7 of 9.');
            return await prepare(shape);
          };
          return engine;
        },
      });
      const { ask, events } = runnerOf(prover);
      const [, declined] = await ask(arm(exam('1')), armTable(exam('1'), 'b'));
      const words = {
        'engine.out-of-memory': 'Not enough memory',
        'engine.device-lost': 'The card was lost',
      };
      expect(declined).toMatchObject({ type: 'exam.decline', part: 'memory' });
      expect(declined?.type === 'exam.decline' && declined.message).toMatch(words[code]);
      expect(declined?.type === 'exam.decline' && declined.message).toContain('Bank 7 of 9.');
      expect(events.at(-1)).toMatchObject({ type: 'exam.declined', code });
      broken = false;
      const answers = await ask(
        arm(exam('2')),
        go(exam('2'), 'a'),
        armTable(exam('2'), 'b'),
        goWalk(exam('2'), 'c'),
        openWalk(exam('2')),
      );
      expect(types(answers)).toEqual([
        'exam.ready',
        'exam.commit',
        'exam.ready',
        'exam.commit',
        'exam.reveal',
      ]);
    },
  );

  it('walks no more on a table on which a walk broke', async () => {
    const prover = new ReferenceProver({
      table: () => {
        const engine = createReferenceTableEngine();
        const prepare = engine.prepare.bind(engine);
        engine.prepare = async (shape) => ({
          ...(await prepare(shape)),
          walk: () => Promise.reject(new TouchstoneError('engine.device-lost')),
          close: () => Promise.reject(new Error('There is nothing to close.')),
        });
        return engine;
      },
    });
    const { ask } = runnerOf(prover);
    const questions = [armTable(exam('1'), 'b'), goWalk(exam('1'), 'c'), goWalk(exam('1'), 'd')];
    const [, lost, none] = await ask(...questions);
    expect(lost).toMatchObject({ message: expect.stringContaining('The card was lost') });
    expect(none).toMatchObject({ message: expect.stringContaining('There is no table') });
  });
});
