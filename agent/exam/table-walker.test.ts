import { describe, expect, it } from 'vitest';
import { referenceRecompute } from '../../challenges/engines/reference.js';
import { createReferenceTableEngine } from '../../challenges/engines/reference-table.js';
import { checkMemoryReveal } from '../../challenges/memory/verifier.js';
import { fromHex } from '../../protocol/bytes.js';
import { TouchstoneError } from '../../protocol/error.js';
import { arm, exam, runnerOf, seed, tableBuild } from '../testing/asked-runner.js';
import { ReferenceProver, tinyTable } from '../testing/reference-prover.js';

const walkSeed = fromHex(seed('e'));
const openings = [{ round: 0, walker: 3 }];

describe('walks of an outage', () => {
  it('verify, and are shown again after others', async () => {
    const { ask, runner } = runnerOf(new ReferenceProver());
    await ask(tableBuild('d'));
    const roots = await runner.walk(0, seed('d'), walkSeed, 1);
    for (const digit of ['1', '2', '3']) await runner.walk(0, seed('d'), fromHex(seed(digit)), 1);
    const reveals = await runner.reveal(0, seed('d'), walkSeed, 1, openings);
    const verdict = await checkMemoryReveal(
      {
        ...{ shape: { ...tinyTable, rounds: 1 }, tableSeed: fromHex(seed('d')), walkSeed, openings },
        ...{ roots: roots ?? [], reveals: reveals ?? [] },
      },
      referenceRecompute,
    );
    expect(verdict).toEqual({ right: 1, code: 'proof.complete' });
  });

  it('walk once for openings of the last one', async () => {
    const prover = new ReferenceProver();
    const { ask, runner } = runnerOf(prover);
    await ask(tableBuild('d'));
    await runner.walk(0, seed('d'), walkSeed, 1);
    for (let i = 0; i < 2; i++) await runner.reveal(0, seed('d'), walkSeed, 1, openings);
    expect(prover.calls.filter((call) => call === 'walk')).toHaveLength(1);
    await runner.reveal(0, seed('d'), walkSeed, 2, openings);
    expect(prover.calls.filter((call) => call === 'walk')).toHaveLength(2);
  });

  it('are null where that table is not there, or no card', async () => {
    const prover = new ReferenceProver();
    const { ask, runner } = runnerOf(prover, null);
    await ask(tableBuild('d'));
    for (const [card, digit] of [[0, 'f'] as const, [1, 'd'] as const, [7, 'd'] as const]) {
      expect(await runner.walk(card, seed(digit), walkSeed, 1)).toBeNull();
      expect(await runner.reveal(card, seed(digit), walkSeed, 1, openings)).toBeNull();
    }
    await ask(arm(exam('1')));
    expect(await runner.walk(0, seed('d'), walkSeed, 1)).toBeNull();
    expect(prover.calls).not.toContain('walk');
  });

  it('reject where the engine breaks, and are null from then on', async () => {
    const prover = new ReferenceProver({
      table: () => {
        const engine = createReferenceTableEngine();
        const prepare = engine.prepare.bind(engine);
        engine.prepare = async (shape) => ({
          ...(await prepare(shape)),
          walk: () => Promise.reject(new TouchstoneError('engine.device-lost')),
        });
        return engine;
      },
    });
    const { ask, runner } = runnerOf(prover);
    await ask(tableBuild('d'));
    await expect(runner.walk(0, seed('d'), walkSeed, 1)).rejects.toMatchObject({
      code: 'engine.device-lost',
    });
    expect(await runner.walk(0, seed('d'), walkSeed, 1)).toBeNull();
  });
});
