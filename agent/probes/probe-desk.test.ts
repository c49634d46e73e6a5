import { describe, expect, it, vi } from 'vitest';
import { referenceRecompute } from '../../challenges/engines/reference.js';
import { createReferenceTableEngine } from '../../challenges/engines/reference-table.js';
import { checkMemoryReveal } from '../../challenges/memory/verifier.js';
import { fromHex, toHex } from '../../protocol/bytes.js';
import { TouchstoneError } from '../../protocol/error.js';
import { isSignedBy } from '../../protocol/signing.js';
import { nextTag } from '../../protocol/transcript.js';
import type { RunnerMessage } from '../exam/runner.js';
import {
  arm,
  armTable,
  exam,
  gate,
  goWalk,
  identity,
  openWalk,
  probe,
  probeOpen,
  probeOpenings,
  probeVerdict,
  probeWalk,
  runnerOf,
  runnerWith,
  seed,
  types,
  verdict,
} from '../testing/asked-runner.js';
import { ReferenceProver, tinyTable } from '../testing/reference-prover.js';

/** An exam that leaves the table of `b` on card 0. */
const passed = [armTable(exam('1'), 'b'), goWalk(exam('1'), 'c'), openWalk(exam('1')), verdict(exam('1'))];

/** Judges the answers to a probe as a verifier does. */
async function judge(commit: RunnerMessage | undefined, reveal: RunnerMessage | undefined, digit: string) {
  if (commit?.type !== 'probe.commit' || reveal?.type !== 'probe.reveal') throw new Error('other answers');
  return await checkMemoryReveal(
    {
      shape: { ...tinyTable, rounds: commit.roots.length },
      tableSeed: fromHex(seed('b')),
      walkSeed: fromHex(seed(digit)),
      roots: commit.roots.map(fromHex),
      openings: probeOpenings,
      reveals: reveal.reveals,
    },
    referenceRecompute,
  );
}

const proven = { right: 2, code: 'proof.complete' };

describe('probes of a card', () => {
  it.each([1, 3])('are answered with a walk of %d rounds on the exam table that verifies', async (rounds) => {
    const { ask } = runnerOf(new ReferenceProver());
    await ask(...passed);
    const [commit, reveal] = await ask(probeWalk('d', 'b', rounds), probeOpen('d'));
    expect(commit).toMatchObject({ type: 'probe.commit', probe: probe('d'), card: 0 });
    expect(commit?.type === 'probe.commit' && commit.roots).toHaveLength(rounds);
    expect(await judge(commit, reveal, 'd')).toEqual(proven);
  });

  it('are answered as often as they come, and shown again when asked again', async () => {
    const { ask } = runnerOf(new ReferenceProver());
    await ask(...passed);
    for (const digit of ['d', 'e']) {
      const [commit, reveal, again] = await ask(probeWalk(digit, 'b'), probeOpen(digit), probeOpen(digit));
      expect(await judge(commit, reveal, digit)).toEqual(proven);
      expect(again).toEqual(reveal);
      expect(await ask(probeVerdict(digit))).toEqual([]);
    }
  });

  it('are answered also where the verdict of the exam was lost with the line', async () => {
    const { ask } = runnerOf(new ReferenceProver());
    await ask(...passed.slice(0, -1));
    expect(types(await ask(probeWalk('d', 'b'), probeOpen('d')))).toEqual(['probe.commit', 'probe.reveal']);
  });

  it('are signed by the device over the tag that their last root leads to', async () => {
    const { ask } = runnerOf(new ReferenceProver());
    await ask(...passed);
    const asked = { ...probeWalk('d', 'b', 2), index: 41, previous: seed('8') };
    const [commit, reveal] = await ask(asked, probeOpen('d'));
    if (commit?.type !== 'probe.commit' || reveal?.type !== 'probe.reveal') throw new Error('other answers');
    const tag = toHex(nextTag(fromHex(seed('8')), 41, fromHex(commit.roots[1] as string)));
    const { device } = identity;
    const fields = { device, card: 0, transcript: 'hr_493023', index: 41, tag };
    expect(isSignedBy(device, 'transcript', fields, reveal.signature)).toBe(true);
    expect(isSignedBy(device, 'transcript', { ...fields, card: 1 }, reveal.signature)).toBe(false);
  });

  it('walk again for their openings where another walk came between', async () => {
    const prover = new ReferenceProver();
    const { ask, runner } = runnerOf(prover);
    await ask(...passed);
    const [commit] = await ask(probeWalk('d', 'b'));
    await runner.walk(0, seed('b'), fromHex(seed('e')), 1);
    const [reveal] = await ask(probeOpen('d'));
    expect(await judge(commit, reveal, 'd')).toEqual(proven);
    expect(prover.calls.slice(3)).toEqual(['walk', 'walk', 'walk', 'revealWalk']);
  });

  it('go before walks of an outage that wait, and after those of an exam', async () => {
    const prover = new ReferenceProver();
    const { runner, sent, ask } = runnerOf(prover);
    await ask(...passed);
    const before = sent.length;
    const held = gate();
    prover.gate = held.shut;
    const walked: string[] = [];
    const links = ['a', 'b'].map((digit) =>
      runner.walk(0, seed('b'), fromHex(seed(digit)), 1).then(() => walked.push(`link ${digit}`)),
    );
    await expect.poll(() => prover.calls.at(-1)).toBe('walk');
    runner.handle(probeWalk('d', 'b'));
    const order = vi.spyOn(prover, 'walk');
    held.open();
    await Promise.all(links);
    await runner.idle();
    expect(order.mock.calls.map(([walkSeed]) => toHex(walkSeed))).toEqual([seed('d'), seed('b')]);
    expect(types(sent.slice(before))).toEqual(['probe.commit']);
    expect(walked).toEqual(['link a', 'link b']);
  });

  it('are declined where the table is another one, or was dropped for an exam', async () => {
    const { ask } = runnerOf(new ReferenceProver());
    const none = [{ type: 'probe.decline', card: 0, reason: 'no-table' }];
    expect(await ask(probeWalk('d', 'b'))).toMatchObject(none);
    await ask(...passed);
    expect(await ask(probeWalk('d', 'a'))).toMatchObject(none);
    await ask(arm(exam('2')));
    expect(await ask(probeWalk('e', 'b'))).toMatchObject(none);
  });

  it('are declined by a card that is not there, or has no engine', async () => {
    const { ask } = runnerOf(null);
    expect(await ask(probeWalk('d', 'b'), { ...probeWalk('e', 'b'), card: 9 })).toMatchObject([
      { type: 'probe.decline', probe: probe('d'), card: 0, reason: 'no-table' },
      { type: 'probe.decline', probe: probe('e'), card: 9, reason: 'no-table' },
    ]);
    expect(await ask(probeOpen('d'), probeVerdict('d'))).toEqual([]);
  });

  it('are declined where nothing was committed, and where the probe is over', async () => {
    const { ask } = runnerOf(new ReferenceProver());
    await ask(...passed);
    const declined = [{ type: 'probe.decline', reason: 'engine' }];
    expect(await ask(probeOpen('d'))).toMatchObject(declined);
    await ask(probeWalk('d', 'b'), probeVerdict('d'));
    expect(await ask(probeOpen('d'))).toMatchObject(declined);
  });

  it('are declined with the words of the engine that broke, and the table is lost', async () => {
    let broken = false;
    const prover = new ReferenceProver({
      table: () => {
        const engine = createReferenceTableEngine();
        const prepare = engine.prepare.bind(engine);
        engine.prepare = async (shape) => {
          const prepared = await prepare(shape);
          const walk = prepared.walk.bind(prepared);
          prepared.walk = (...asked) =>
            broken ? Promise.reject(new TouchstoneError('engine.device-lost')) : walk(...asked);
          return prepared;
        };
        return engine;
      },
    });
    const { ask, events } = runnerOf(prover);
    await ask(...passed);
    broken = true;
    expect(await ask(probeWalk('d', 'b'))).toMatchObject([
      { reason: 'engine', message: expect.stringContaining('The card was lost') },
    ]);
    expect(events.at(-1)).toMatchObject({ type: 'table.lost', card: 0, code: 'engine.device-lost' });
    broken = false;
    expect(await ask(probeWalk('e', 'b'))).toMatchObject([{ reason: 'no-table' }]);
  });

  it('are dropped for a newer one, which alone is answered', async () => {
    const prover = new ReferenceProver();
    const { runner, sent, ask } = runnerOf(prover);
    await ask(...passed);
    const before = sent.length;
    for (const digit of ['d', 'e', 'f']) runner.handle(probeWalk(digit, 'b'));
    await runner.idle();
    expect(sent.slice(before)).toMatchObject([{ type: 'probe.commit', probe: probe('f') }]);
    expect(prover.calls.filter((call) => call === 'walk')).toHaveLength(2);
  });

  it('are told by their verdict', async () => {
    const { ask, events } = runnerOf(new ReferenceProver());
    await ask(...passed, probeWalk('d', 'b'), probeOpen('d'), probeVerdict('d'));
    expect(events.at(-1)).toEqual(probeVerdict('d'));
  });
});

describe('load of a card in a probe', () => {
  const loadOf = async (load: () => Promise<number | null>) => {
    const { ask } = runnerWith([new ReferenceProver()], [load]);
    const [, reveal] = (await ask(...passed, probeWalk('d', 'b'), probeOpen('d'))).slice(-2);
    return reveal?.type === 'probe.reveal' ? reveal.load : 'no reveal';
  };

  it('is read after the walk was committed, so that the walk is not in it', async () => {
    let committed: string | undefined;
    const { ask, sent } = runnerWith(
      [new ReferenceProver()],
      [
        async () => {
          committed = sent.at(-1)?.type;
          return 0.25;
        },
      ],
    );
    const answers = await ask(...passed, probeWalk('d', 'b'), probeOpen('d'));
    expect(committed).toBe('probe.commit');
    expect(answers.at(-1)).toMatchObject({ type: 'probe.reveal', load: 0.25 });
  });

  it('is null where the host can not say', async () => {
    expect(await loadOf(async () => null)).toBeNull();
    expect(await loadOf(() => Promise.reject(new Error('no driver')))).toBeNull();
    expect(await loadOf(async () => Number.NaN)).toBeNull();
    expect(await loadOf(async () => 1.5)).toBeNull();
  });

  it('is null where it is not told in half of the time for the answer', async () => {
    vi.useFakeTimers();
    try {
      const { runner, sent, ask } = runnerWith([new ReferenceProver()], [() => new Promise(() => {})]);
      await ask(...passed, probeWalk('d', 'b'));
      runner.handle(probeOpen('d'));
      await vi.advanceTimersByTimeAsync(2400);
      expect(sent.at(-1)?.type).toBe('probe.commit');
      await vi.advanceTimersByTimeAsync(200);
      expect(sent.at(-1)).toMatchObject({ type: 'probe.reveal', load: null });
    } finally {
      vi.useRealTimers();
    }
  });
});
