import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProbeMessage } from '../../protocol/messages/probe.js';
import { maxRevealAsks, newProbe, type ProbeEvent, type ProbeStep, stepProbe } from './probe-step.js';

const about = { probe: `pr_${'0'.repeat(32)}`, card: 0 };
const root = '11'.repeat(32);
const seen = { roundTripMs: 20, lagMs: 0, pingMs: 21 };
const says = (message: ProbeMessage, at = 1_100): ProbeEvent => ({ type: 'message', message, at, seen });
const commit = (rounds = 2) =>
  says({ type: 'probe.commit', ...about, roots: Array<string>(rounds).fill(root) });
const reveal = says({ type: 'probe.reveal', ...about, reveals: [], load: 0.5, signature: 'ab'.repeat(64) });
const decline = (reason: 'no-table' | 'engine') =>
  says({ type: 'probe.decline', ...about, reason, message: '' });
const deadline: ProbeEvent = { type: 'deadline', at: 11_000, seen };
const gone: ProbeEvent = { type: 'disconnected' };
const right: ProbeEvent = { type: 'checked', right: 1, code: 'proof.complete' };

/** Draws are numbered, so that a second draw would show. */
function play(events: readonly ProbeEvent[]): ProbeStep[] {
  let draws = 0;
  let probe = newProbe(2, 1_000);
  return events.map((event) => {
    const step = stepProbe(probe, event, () => [{ round: 0, walker: draws++ }]);
    probe = step.probe;
    return step;
  });
}
const resultOf = (events: readonly ProbeEvent[]) => {
  const phase = play(events).at(-1)?.probe.phase;
  return phase?.at === 'done' ? phase.result : null;
};

describe('a probe', () => {
  it('goes from the order to its result, and takes its time from the order to the commit', () => {
    const steps = play([commit(), reveal, right]);
    expect(steps.map(({ open, check, refused }) => [open, check, refused])).toEqual([
      [true, undefined, undefined],
      [undefined, true, undefined],
      [undefined, undefined, undefined],
    ]);
    expect(resultOf([commit(), reveal, right])).toMatchObject({
      kind: 'checked',
      right: 1,
      commitment: { elapsedMs: 100, roots: [root, root], openings: [{ walker: 0 }], ...seen },
      answer: { load: 0.5 },
    });
  });

  it('refuses a commit of other rounds, a second one, and answers before they are asked', () => {
    expect(play([commit(3)])[0]).toMatchObject({ refused: 'probe.wrong-roots' });
    expect(play([reveal])[0]).toMatchObject({ refused: 'probe.out-of-order' });
    expect(play([commit(), commit()])[1]).toMatchObject({ refused: 'probe.out-of-order' });
  });

  it('asks for the very same openings until silence is an answer', () => {
    const silent = [commit(), ...Array<ProbeEvent>(maxRevealAsks).fill(deadline)];
    const steps = play(silent);
    expect(steps.filter(({ open }) => open)).toHaveLength(maxRevealAsks);
    expect(resultOf(silent)).toMatchObject({
      code: 'probe.missed',
      commitment: { openings: [{ round: 0, walker: 0 }] },
    });
  });

  it('keeps how the line was when no commit came', () => {
    expect(resultOf([deadline])).toEqual({
      kind: 'ended',
      code: 'probe.missed',
      commitment: null,
      silence: { ...seen, elapsedMs: 10_000 },
    });
  });

  it.each([
    ['probe.no-table', [decline('no-table')]],
    ['probe.missed', [decline('engine')]],
    ['probe.missed', [commit(), decline('no-table')]],
    ['probe.unanswered', [gone]],
    ['probe.unanswered', [commit(), gone]],
    ['probe.ours', [{ type: 'ours' }]],
    ['probe.ours', [commit(), reveal, { type: 'ours' }]],
  ] satisfies [string, ProbeEvent[]][])('ends as %s', (code, events) => {
    expect(resultOf(events)).toMatchObject({ kind: 'ended', code });
  });

  it('needs nobody to be there for its check', () => {
    expect(resultOf([commit(), reveal, gone, deadline, right])).toMatchObject({ kind: 'checked' });
  });
});

const events = fc.array(
  fc.oneof(
    fc.nat(4).map(commit),
    fc.constantFrom<ProbeEvent>(reveal, decline('no-table'), decline('engine'), deadline, gone, right),
    fc.constantFrom<ProbeEvent>({ type: 'unsigned' }, { type: 'ours' }),
  ),
  { maxLength: 30 },
);

it('ends once, whatever comes in whatever order, and nothing moves it afterwards', () => {
  fc.assert(
    fc.property(events, (all) => {
      const steps = play(all);
      const first = steps.findIndex(({ probe }) => probe.phase.at === 'done');
      const after = first < 0 ? [] : steps.slice(first);
      expect(new Set(after.map(({ probe }) => probe.phase)).size).toBeLessThan(2);
      for (const { open, check } of after.slice(1)) expect([open, check]).toEqual([undefined, undefined]);
      const draws = steps.flatMap(({ probe: { phase } }) =>
        phase.at === 'opening' || phase.at === 'checking' ? [phase.commitment.openings] : [],
      );
      expect(new Set(draws).size).toBeLessThan(2);
    }),
  );
});

it('is refused without a change, or not at all', () => {
  fc.assert(
    fc.property(events, (all) => {
      const steps = play(all);
      steps.forEach(({ probe, refused }, i) => {
        if (refused !== undefined) expect(probe).toBe(i === 0 ? probe : steps[i - 1]?.probe);
      });
    }),
  );
});

it('always comes to an end by time and our own means', () => {
  fc.assert(
    fc.property(events, (all) => {
      const end = [...Array<ProbeEvent>(maxRevealAsks).fill(deadline), right];
      expect(resultOf([...all, ...end])).not.toBeNull();
    }),
  );
});
