import { afterEach, describe, expect, it } from 'vitest';
import { checkComputeReveal } from '../../challenges/compute/verifier.js';
import { referenceRecompute } from '../../challenges/engines/reference.js';
import { fromHex } from '../../protocol/bytes.js';
import {
  arm,
  exam,
  gate,
  go,
  open,
  openings,
  runnerOf,
  seed,
  types,
  within,
} from '../testing/asked-runner.js';
import { ReferenceProver, tinyShape } from '../testing/reference-prover.js';
import { WorkerProver } from './worker-prover.js';

describe('exam runner', () => {
  it('answers arm, go and open with a proof that verifies', async () => {
    const { ask, events } = runnerOf(new ReferenceProver());
    const [ready, commit, reveal] = await ask(arm(exam('1')), go(exam('1'), 'a'), open(exam('1')));
    expect(ready).toEqual({
      type: 'exam.ready',
      exam: exam('1'),
      card: 0,
      part: 'compute',
      engine: 'reference',
    });
    if (commit?.type !== 'exam.commit' || reveal?.type !== 'exam.reveal' || reveal.part !== 'compute')
      throw new Error('other answers');
    expect(commit.seed).toBe(seed('a'));
    const proof = { shape: tinyShape, seed: fromHex(commit.seed), roots: commit.roots.map(fromHex) };
    const verdict = await checkComputeReveal(
      { ...proof, openings, reveals: reveal.reveals },
      referenceRecompute,
    );
    expect(verdict).toEqual({ right: 2, code: 'proof.complete' });
    expect(new Set(events.map((event) => event.type))).toEqual(
      new Set([
        'exam.armed',
        'exam.ready',
        'exam.started',
        'exam.progress',
        'exam.committed',
        'exam.revealed',
      ]),
    );
  });

  it('runs all cards of an exam at once', async () => {
    const slow = new ReferenceProver();
    const held = gate();
    slow.gate = held.shut;
    const { runner, sent, ask } = runnerOf(slow, new ReferenceProver());
    await ask(arm(exam('1'), 1, [0, 1]));
    runner.handle(go(exam('1'), 'a', [0, 1]));
    await expect
      .poll(() => sent.filter(({ type }) => type === 'exam.commit').map(({ card }) => card))
      .toEqual([1]);
    held.open();
    await runner.idle();
    expect(sent.filter(({ type }) => type === 'exam.commit').map(({ card }) => card)).toEqual([1, 0]);
  });

  it('takes a second attempt with a new seed', async () => {
    const { ask } = runnerOf(new ReferenceProver());
    await ask(arm(exam('1')), go(exam('1'), 'a'));
    const answers = await ask(arm(exam('1'), 2), go(exam('1'), 'b'), open(exam('1')));
    expect(types(answers)).toEqual(['exam.ready', 'exam.commit', 'exam.reveal']);
    expect(answers[1]).toMatchObject({ seed: seed('b') });
  });

  it('still sends a commit that a second attempt overtook: late is something else than silent', async () => {
    const prover = new ReferenceProver();
    const held = gate();
    prover.gate = held.shut;
    const { runner, ask, sent } = runnerOf(prover);
    await ask(arm(exam('1')));
    runner.handle(go(exam('1'), 'a'));
    runner.handle(arm(exam('1'), 2));
    held.open();
    await runner.idle();
    expect(types(sent)).toEqual(['exam.ready', 'exam.commit', 'exam.ready']);
  });

  it('computes one seed once, however often it is asked', async () => {
    const prover = new ReferenceProver();
    const { ask } = runnerOf(prover);
    const answers = await ask(arm(exam('1')), go(exam('1'), 'a'), go(exam('1'), 'a'));
    expect(answers[2]).toEqual(answers[1]);
    expect(prover.calls.filter((call) => call === 'commit')).toHaveLength(1);
  });

  it('gives the same reveal when the same exam is opened again', async () => {
    const { ask } = runnerOf(new ReferenceProver());
    await ask(arm(exam('1')), go(exam('1'), 'a'));
    const [first, second] = await ask(open(exam('1')), open(exam('1')));
    expect(first?.type).toBe('exam.reveal');
    expect(second).toEqual(first);
  });

  it('drops what an older exam still computes once a newer one has come', async () => {
    const prover = new ReferenceProver();
    const held = gate();
    prover.gate = held.shut;
    const { runner, ask, sent } = runnerOf(prover);
    await ask(arm(exam('1')));
    runner.handle(go(exam('1'), 'a'));
    runner.handle(arm(exam('2')));
    held.open();
    await runner.idle();
    await ask(go(exam('2'), 'b'), open(exam('2')));
    expect(sent.map((message) => [message.type, 'exam' in message && message.exam])).toEqual([
      ['exam.ready', exam('1')],
      ['exam.ready', exam('2')],
      ['exam.commit', exam('2')],
      ['exam.reveal', exam('2')],
    ]);
  });

  it('declines steps of an exam that it does not know', async () => {
    const prover = new ReferenceProver();
    const { ask } = runnerOf(prover);
    expect(types(await ask(go(exam('1'), 'a'), open(exam('1'))))).toEqual(['exam.decline', 'exam.decline']);
    expect(prover.calls).toEqual([]);
  });

  it('declines to open before anything was committed', async () => {
    const { ask } = runnerOf(new ReferenceProver());
    expect(types(await ask(arm(exam('1')), open(exam('1'))))).toEqual(['exam.ready', 'exam.decline']);
  });

  it('declines cards that it has not, or has no engine for', async () => {
    const { ask } = runnerOf(null);
    const answers = await ask(arm(exam('1'), 1, [0, 7]));
    expect(answers.map(({ type, card }) => [type, card])).toEqual([
      ['exam.decline', 0],
      ['exam.decline', 7],
    ]);
  });

  it('declines with the message of a prover that fails, and lives on', async () => {
    const prover = new ReferenceProver();
    const { ask } = runnerOf(prover);
    await ask(arm(exam('1')));
    prover.gate = Promise.reject(new Error('out of memory'));
    const [declined] = await ask(go(exam('1'), 'a'));
    expect(declined).toMatchObject({ type: 'exam.decline', message: 'out of memory' });
    prover.gate = Promise.resolve();
    expect(types(await ask(arm(exam('1'), 2), go(exam('1'), 'a')))).toEqual(['exam.ready', 'exam.commit']);
  });

  it('shortens a long error to what the protocol takes', async () => {
    const prover = new ReferenceProver();
    prover.arm = async () => Promise.reject(new Error('x'.repeat(5000)));
    const [declined] = await runnerOf(prover).ask(arm(exam('1')));
    expect(declined?.type === 'exam.decline' && declined.message).toHaveLength(1024);
  });

  it('stops a prover that hangs when the exam is asked again and its time is over', async () => {
    const prover = new ReferenceProver();
    let hung = (): void => {};
    prover.gate = new Promise((_, reject) => {
      hung = () => reject(new Error('killed'));
    });
    const close = prover.close.bind(prover);
    prover.close = async () => {
      hung();
      await close();
    };
    const { runner, ask, sent } = runnerOf(prover);
    await ask(arm(exam('1')));
    runner.handle(go(exam('1'), 'a'));
    runner.handle(within(20, arm(exam('1'), 2)));
    await expect.poll(() => sent.filter(({ type }) => type === 'exam.ready')).toHaveLength(2);
    expect(prover.calls).toEqual(['arm', 'commit', 'close', 'arm']);
  });
});

describe('a real engine in its own process', () => {
  const prover = new WorkerProver({ engine: 'onnx-cpu' });
  afterEach(async () => await prover.close());

  it('is declined when it dies in the middle, and answers the next attempt', async () => {
    const { ask, runner, sent } = runnerOf(prover);
    expect(await ask(arm(exam('1')))).toMatchObject([{ type: 'exam.ready', engine: 'onnx-cpu' }]);
    runner.handle(go(exam('1'), 'a'));
    const { pid } = prover;
    if (pid === undefined) throw new Error('no process');
    process.kill(pid, 'SIGKILL');
    await runner.idle();
    expect(types(sent)).toEqual(['exam.ready', 'exam.decline']);
    const answers = await ask(arm(exam('1'), 2), go(exam('1'), 'b'), open(exam('1')));
    expect(types(answers)).toEqual(['exam.ready', 'exam.commit', 'exam.reveal']);
  });
});
