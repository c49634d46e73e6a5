import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { firstBase, keyOf } from '../../challenges/timelock/chain.js';
import { fromHex, toHex } from '../../protocol/bytes.js';
import { offlineAgent } from '../testing/offline-agent.js';
import { trialOf } from '../testing/outage-verifier.js';
import { scriptedSolution } from '../testing/scripted-squarer.js';

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('a trial', () => {
  it('is answered with the key of its solution', async () => {
    const { runner, sent, squarer } = offlineAgent();
    runner.lineUp();
    const trial = trialOf('a');
    runner.handle(trial);
    await pass(1000);
    const key = toHex(keyOf(scriptedSolution(firstBase(fromHex(trial.seed)))));
    expect(sent).toEqual([{ type: 'offline.solved', seed: trial.seed, key }]);
    expect(squarer.calls[0]?.squarings).toBe(trial.squarings);
  });

  it('takes the place of the one before it', async () => {
    const { runner, sent, squarer } = offlineAgent();
    runner.lineUp();
    runner.handle(trialOf('a'));
    await pass(500);
    runner.handle(trialOf('b'));
    await pass(5000);
    expect(sent).toMatchObject([{ seed: trialOf('b').seed }]);
    expect(squarer.calls.map(({ ended }) => ended)).toEqual(['stopped', 'solved']);
  });

  it('ends with its time, and with the line', async () => {
    const { runner, sent, squarer } = offlineAgent();
    runner.lineUp();
    runner.handle(trialOf('a', 999));
    await pass(5000);
    runner.handle(trialOf('b'));
    runner.lineDown();
    await pass(5000);
    expect(sent).toEqual([]);
    expect(squarer.calls.map(({ ended }) => ended)).toEqual(['stopped', 'stopped']);
  });

  it('is not begun while the line is down, nor with a modulus that is none', async () => {
    const { runner, squarer } = offlineAgent();
    runner.handle(trialOf('a'));
    runner.lineUp();
    runner.handle({ ...trialOf('a'), modulus: 'AAAA' });
    await pass(5000);
    expect(squarer.calls).toEqual([]);
  });

  it('that the squarer fails at is told and not answered', async () => {
    const { runner, squarer, sent, types } = offlineAgent();
    squarer.failures.push(new Error('out of memory'));
    runner.lineUp();
    runner.handle(trialOf('a'));
    await pass(5000);
    expect(sent).toEqual([]);
    expect(types()).toEqual(['offline.failed']);
  });
});
