import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentMessage, Opening } from '../../protocol/messages/exam.js';
import type { ComputeShape } from '../../protocol/shapes.js';
import { type CardEvent, type CardExam, maxAsks, newCardExam, type Step, step } from './card-exam.js';

const shape: ComputeShape = { n: 256, layers: 2, pages: 128, rounds: 2 };
const seed = 'ab'.repeat(32);
const otherSeed = 'cd'.repeat(32);
const root = '11'.repeat(32);
const ids = { exam: `ex_${'0'.repeat(32)}`, card: 0 };

const ready: AgentMessage = { type: 'exam.ready', ...ids, engine: 'onnx-cpu' };
const commit = (of = seed, rounds = 2): AgentMessage => ({
  type: 'exam.commit',
  ...ids,
  seed: of,
  roots: Array<string>(rounds).fill(root),
});
const reveal: AgentMessage = { type: 'exam.reveal', ...ids, reveals: [] };
const decline: AgentMessage = { type: 'exam.decline', ...ids, message: 'no' };
const says = (message: AgentMessage, at = 0): CardEvent => ({ type: 'message', message, at });

/** Draws are numbered, so that a second draw would show. */
function makeDraw(): () => Opening[] {
  let draws = 0;
  return () => [{ round: 0, page: draws++ }];
}

function play(
  events: readonly CardEvent[],
  draw = makeDraw(),
): { exam: CardExam; last: Step; steps: Step[] } {
  let exam = newCardExam(shape, 'onnx-cpu');
  const steps = events.map((event) => {
    const made = step(exam, event, draw);
    exam = made.exam;
    return made;
  });
  return { exam, last: steps.at(-1) as Step, steps };
}

const toGo: CardEvent[] = [{ type: 'arm' }, says(ready), { type: 'go', seed, at: 1000 }];
const toOpening: CardEvent[] = [...toGo, says(commit(), 3500)];
const resultOf = ({ phase }: CardExam) => (phase.at === 'done' ? phase.result : null);

describe("a card's exam", () => {
  it('goes from arm to verdict and takes its time from go to commit', () => {
    const { exam, steps } = play([
      ...toOpening,
      says(reveal),
      { type: 'checked', right: 1, code: 'proof.complete' },
    ]);
    expect(steps[3]?.open).toBe(true);
    expect(steps[4]?.check).toBe(true);
    expect(resultOf(exam)).toMatchObject({
      kind: 'checked',
      right: 1,
      commitment: { elapsedMs: 2500, seed },
    });
  });

  it('asks a silent card the same question again, three times, and then takes silence for an answer', () => {
    const silent: CardEvent[] = [...toGo, { type: 'deadline' }];
    const { exam } = play([...silent, ...silent, ...silent]);
    expect(exam.attempts).toBe(maxAsks);
    expect(exam.shape).toEqual(shape);
    expect(resultOf(exam)).toMatchObject({ outcome: 'failed', reason: 'exam.silent' });
  });

  it('asks for the very same openings after a silence, and fails at the third', () => {
    const { steps, exam } = play([
      ...toOpening,
      { type: 'deadline' },
      { type: 'deadline' },
      { type: 'deadline' },
    ]);
    const asked = steps
      .filter(({ open }) => open)
      .map(({ exam: { phase } }) => phase.at === 'opening' && phase.commitment);
    expect(asked).toHaveLength(3);
    expect(new Set(asked).size).toBe(1);
    expect(resultOf(exam)).toMatchObject({ outcome: 'failed', reason: 'exam.silent' });
  });

  it('does not let a broken line replace openings that the card has seen', () => {
    const drop: CardEvent[] = [{ type: 'disconnected' }, { type: 'connected' }];
    const { steps, exam } = play([...toOpening, ...drop, ...drop, { type: 'disconnected' }]);
    const draws = steps.flatMap(({ exam: { phase } }) =>
      phase.at === 'opening' ? [phase.commitment.openings] : [],
    );
    expect(new Set(draws).size).toBe(1);
    expect(resultOf(exam)).toMatchObject({ outcome: 'failed', reason: 'exam.silent' });
  });

  it('does not count it against a card when the line breaks before go, or once after it', () => {
    const beforeGo: CardEvent[] = [{ type: 'arm' }, says(ready), { type: 'disconnected' }];
    const afterGo: CardEvent[] = [...toGo, { type: 'disconnected' }];
    for (const events of [
      [...beforeGo, ...beforeGo, ...beforeGo],
      [...beforeGo, ...afterGo, ...beforeGo],
      [...beforeGo, ...beforeGo, ...afterGo],
    ]) {
      expect(resultOf(play(events).exam)).toMatchObject({ outcome: 'unanswered', reason: 'exam.unanswered' });
    }
  });

  it('counts it when the line breaks after go again and again', () => {
    const broken: CardEvent[] = [...toGo, { type: 'disconnected' }];
    const { exam } = play([...broken, ...broken, ...broken]);
    expect(resultOf(exam)).toMatchObject({ outcome: 'failed', reason: 'exam.gave-up' });
  });

  it.each<[string, CardEvent[]]>([
    ['declines', [{ type: 'arm' }, says(decline)]],
    ['does not get ready', [{ type: 'arm' }, { type: 'deadline' }]],
    ['is gone before go', [{ type: 'arm' }, { type: 'disconnected' }]],
  ])('offers no way out to a card that stopped twice after go and then %s', (_name, last) => {
    const stops: CardEvent[][] = [[{ type: 'deadline' }], [says(decline)], [{ type: 'disconnected' }]];
    for (const first of stops) {
      for (const second of stops) {
        const { exam } = play([...toGo, ...first, ...toGo, ...second, ...last]);
        expect(resultOf(exam)).toMatchObject({ outcome: 'failed', reason: 'exam.gave-up' });
      }
    }
  });

  it('asks a card again that gives up after go with its line alive, and takes the third time for silence', () => {
    const givesUp: CardEvent[] = [...toGo, says(decline)];
    expect(play(givesUp).exam).toMatchObject({ attempts: 1, phase: { at: 'owed' } });
    const { exam } = play([...givesUp, ...givesUp, ...givesUp]);
    expect(resultOf(exam)).toMatchObject({ outcome: 'failed', reason: 'exam.silent' });
  });

  it('does not count it against a card when it cannot get ready', () => {
    const slow: CardEvent[] = [{ type: 'arm' }, { type: 'deadline' }];
    expect(resultOf(play([...slow, ...slow, ...slow]).exam)).toMatchObject({
      outcome: 'unanswered',
      reason: 'exam.not-ready',
    });
    expect(resultOf(play([{ type: 'arm' }, says(decline)]).exam)).toMatchObject({
      outcome: 'unanswered',
      reason: 'exam.declined',
    });
  });

  it('gives a new attempt no credit for the seed of the old one: its commit is late', () => {
    const { exam, last } = play([...toGo, { type: 'deadline' }, { type: 'arm' }, says(commit())]);
    expect(last.refused).toBe('exam.late-commit');
    expect(resultOf(exam)).toMatchObject({ outcome: 'failed', reason: 'exam.late' });
  });

  it('knows no seed from before a broken line', () => {
    const { last } = play([
      ...toGo,
      { type: 'disconnected' },
      ...toGo.slice(0, 2),
      { type: 'go', seed: otherSeed, at: 0 },
      says(commit()),
    ]);
    expect(last.refused).toBe('exam.seed-unknown');
    expect(last.exam.phase.at).toBe('running');
  });

  it.each([
    ['a commit before go', [{ type: 'arm' }, says(ready), says(commit())], 'exam.out-of-order'],
    [
      'ready on another engine',
      [{ type: 'arm' }, says({ ...ready, engine: 'onnx-cuda' } as AgentMessage)],
      'exam.wrong-engine',
    ],
    ['ready twice', [{ type: 'arm' }, says(ready), says(ready)], 'exam.out-of-order'],
    ['a reveal before the commit', [...toGo, says(reveal)], 'exam.out-of-order'],
    ['a seed that was never issued', [...toGo, says(commit(otherSeed))], 'exam.seed-unknown'],
    ['too few roots', [...toGo, says(commit(seed, 1))], 'exam.wrong-roots'],
    ['a second commit', [...toOpening, says(commit())], 'exam.second-commit'],
    ['a second reveal', [...toOpening, says(reveal), says(reveal)], 'exam.out-of-order'],
  ] as [string, CardEvent[], string][])('refuses %s and changes nothing', (_name, events, code) => {
    const before = play(events.slice(0, -1)).exam;
    const { exam, last } = play(events);
    expect(last.refused).toBe(code);
    expect(exam).toEqual(before);
  });

  it('takes a refusal to show for silence', () => {
    const { exam } = play([...toOpening, says(decline), says(decline), says(decline)]);
    expect(resultOf(exam)).toMatchObject({ outcome: 'failed', reason: 'exam.silent' });
  });

  it('lets the debt of an absent card wait, however long', () => {
    const { exam } = play([
      ...toOpening,
      { type: 'disconnected' },
      ...Array<CardEvent>(10).fill({ type: 'deadline' }),
    ]);
    expect(exam.phase).toMatchObject({ at: 'opening', asks: 2 });
    const again = step(exam, { type: 'connected' }, makeDraw());
    expect(again.open).toBe(true);
  });

  it('offers no way out by new hardware once the seed is known', () => {
    expect(resultOf(play([...toGo, { type: 'hardware-changed' }]).exam)).toMatchObject({ outcome: 'failed' });
  });

  it('offers no way out of bad openings by new hardware', () => {
    const { exam } = play([...toOpening, { type: 'hardware-changed' }]);
    expect(resultOf(exam)).toMatchObject({ outcome: 'failed' });
  });
});

const events: fc.Arbitrary<CardEvent> = fc.oneof(
  fc.constantFrom<CardEvent>(
    { type: 'arm' },
    { type: 'deadline' },
    { type: 'connected' },
    { type: 'disconnected' },
    { type: 'ours' },
    { type: 'hardware-changed' },
    { type: 'checked', right: 0, code: 'proof.wrong-page' },
    { type: 'go', seed, at: 10 },
    { type: 'go', seed: otherSeed, at: 20 },
  ),
  fc
    .constantFrom(ready, commit(), commit(otherSeed), commit(seed, 1), reveal, decline)
    .map((message) => says(message, 30)),
);

describe("a card's exam under random events", () => {
  it('never throws, never asks more often than it may, and never changes after its end', () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 60 }), (list) => {
        const draw = makeDraw();
        let exam = newCardExam(shape, 'onnx-cpu');
        for (const event of list) {
          const before = exam;
          exam = step(exam, event, draw).exam;
          expect(exam.attempts).toBeLessThanOrEqual(maxAsks);
          if (exam.phase.at === 'opening') expect(exam.phase.asks).toBeLessThanOrEqual(maxAsks);
          if (before.phase.at === 'done') expect(exam).toBe(before);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('never passes without a complete check of what was committed', () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 60 }), (list) => {
        // Among these events no check ever comes out complete.
        const result = resultOf(play(list).exam);
        if (result?.kind === 'checked') expect(result.code).not.toBe('proof.complete');
      }),
      { numRuns: 2000 },
    );
  });

  it('draws openings once for each commitment', () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 60 }), (list) => {
        const seen = new Map<string, readonly Opening[]>();
        for (const { exam } of play(list).steps) {
          if (exam.phase.at !== 'opening') continue;
          const key = `${exam.attempts}`;
          expect(seen.get(key) ?? exam.phase.commitment.openings).toBe(exam.phase.commitment.openings);
          seen.set(key, exam.phase.commitment.openings);
        }
      }),
    );
  });
});
