import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CardMessage, ExamPart } from '../../protocol/messages/exam.js';
import {
  type Draw,
  maxAsks,
  newPartExam,
  type PartEvent,
  type PartExam,
  type PartStep,
  type PartTask,
  stepPart,
} from './part-exam.js';

const tasks: Record<ExamPart, PartTask> = {
  compute: { part: 'compute', shape: { n: 256, layers: 2, pages: 128, rounds: 2 }, engine: 'onnx-cpu' },
  memory: {
    part: 'memory',
    shape: { n: 256, layers: 1, banks: 2, bankPages: 64, rounds: 2, walkers: 16, steps: 4 },
    engine: 'webgpu',
  },
};
const seed = 'ab'.repeat(32);
const otherSeed = 'cd'.repeat(32);
const root = '11'.repeat(32);
const tableSeed = 'ef'.repeat(32);
const says = (message: CardMessage, at = 0): PartEvent => ({
  type: 'message',
  message,
  at,
  seen: { roundTripMs: 20, lagMs: 0 },
});
const arm: PartEvent = { type: 'arm', at: 100, tableSeed };

/** Draws are numbered, so that a second draw would show. */
function makeDraw(): Draw {
  let draws = 0;
  return {
    compute: () => [{ round: 0, page: draws++ }],
    memory: () => [{ round: 0, walker: draws++ }],
  };
}

type Openings = readonly unknown[];
const resultOf = ({ phase }: PartExam) => (phase.at === 'done' ? phase.result : null);

describe('a table', () => {
  const about = { exam: `ex_${'0'.repeat(32)}`, card: 0, part: 'memory' } as const;
  const ready: CardMessage = { type: 'exam.ready', ...about, engine: 'webgpu' };
  const commit: CardMessage = { type: 'exam.commit', ...about, seed, roots: [root, root] };
  const play = (events: PartEvent[]) =>
    events.reduce((exam, event) => stepPart(exam, event, makeDraw()).exam, newPartExam(tasks.memory));

  it('is another one at each attempt, and the walk is held against the last', () => {
    const lost = play([arm, says(ready, 900), { type: 'disconnected' }]);
    expect(lost).toMatchObject({ armed: { tableSeed }, buildMs: 800, phase: { at: 'owed' } });
    const again = [{ type: 'arm', at: 2000, tableSeed: otherSeed }, says(ready, 2300)] satisfies PartEvent[];
    const first = [arm, says(ready, 900), { type: 'disconnected' }] satisfies PartEvent[];
    expect(play([...first, again[0] as PartEvent]).buildMs).toBeNull();
    const { phase, buildMs } = play([...first, ...again, { type: 'go', seed, at: 3000 }, says(commit, 3100)]);
    expect(buildMs).toBe(300);
    expect(phase).toMatchObject({ commitment: { tableSeed: otherSeed, elapsedMs: 100 } });
  });

  it('held by another engine than claimed is refused', () => {
    const exam = play([arm]);
    const other = says({ ...ready, engine: 'cpu' } as CardMessage);
    expect(stepPart(exam, other, makeDraw())).toEqual({ exam, refused: 'exam.wrong-engine' });
  });
});

describe.each(['compute', 'memory'] as const)('the %s part of an exam', (part) => {
  const task = tasks[part];
  const ids = { exam: `ex_${'0'.repeat(32)}`, card: 0, part };
  const ready: CardMessage = { type: 'exam.ready', ...ids, engine: task.engine };
  const commit = (of = seed, rounds = 2): CardMessage => ({
    type: 'exam.commit',
    ...ids,
    seed: of,
    roots: Array<string>(rounds).fill(root),
  });
  const reveal: CardMessage = { type: 'exam.reveal', ...ids, reveals: [] };
  const decline: CardMessage = { type: 'exam.decline', ...ids, message: 'no' };
  const toGo: PartEvent[] = [arm, says(ready, 150), { type: 'go', seed, at: 1000 }];
  const toOpening: PartEvent[] = [...toGo, says(commit(), 3500)];

  function play(
    events: readonly PartEvent[],
    draw = makeDraw(),
  ): { exam: PartExam; last: PartStep; steps: PartStep[] } {
    let exam = newPartExam(task);
    const steps = events.map((event) => {
      const made = stepPart(exam, event, draw);
      exam = made.exam;
      return made;
    });
    return { exam, last: steps.at(-1) as PartStep, steps };
  }

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
      commitment: { part, shape: task.shape, elapsedMs: 2500, seed },
    });
    expect(exam.buildMs).toBe(50);
  });

  it('asks a silent card the same question again, three times, and then takes silence for an answer', () => {
    const silent: PartEvent[] = [...toGo, { type: 'deadline' }];
    const { exam } = play([...silent, ...silent, ...silent]);
    expect(exam.attempts).toBe(maxAsks);
    expect(exam.task.shape).toEqual(task.shape);
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
    const drop: PartEvent[] = [{ type: 'disconnected' }, { type: 'connected' }];
    const { steps, exam } = play([...toOpening, ...drop, ...drop, { type: 'disconnected' }]);
    const draws = steps.flatMap(({ exam: { phase } }) =>
      phase.at === 'opening' ? [phase.commitment.openings] : [],
    );
    expect(new Set(draws).size).toBe(1);
    expect(resultOf(exam)).toMatchObject({ outcome: 'failed', reason: 'exam.silent' });
  });

  it('does not count it against a card when the line breaks before go, or once after it', () => {
    const beforeGo: PartEvent[] = [arm, says(ready), { type: 'disconnected' }];
    const afterGo: PartEvent[] = [...toGo, { type: 'disconnected' }];
    for (const events of [
      [...beforeGo, ...beforeGo, ...beforeGo],
      [...beforeGo, ...afterGo, ...beforeGo],
      [...beforeGo, ...beforeGo, ...afterGo],
    ]) {
      expect(resultOf(play(events).exam)).toMatchObject({ outcome: 'unanswered', reason: 'exam.unanswered' });
    }
  });

  it('counts it when the line breaks after go again and again', () => {
    const broken: PartEvent[] = [...toGo, { type: 'disconnected' }];
    const { exam } = play([...broken, ...broken, ...broken]);
    expect(resultOf(exam)).toMatchObject({ outcome: 'failed', reason: 'exam.gave-up' });
  });

  it.each<[string, PartEvent[]]>([
    ['declines', [arm, says(decline)]],
    ['does not get ready', [arm, { type: 'deadline' }]],
    ['is gone before go', [arm, { type: 'disconnected' }]],
  ])('offers no way out to a card that stopped twice after go and then %s', (_name, last) => {
    const stops: PartEvent[][] = [[{ type: 'deadline' }], [says(decline)], [{ type: 'disconnected' }]];
    for (const first of stops) {
      for (const second of stops) {
        const { exam } = play([...toGo, ...first, ...toGo, ...second, ...last]);
        expect(resultOf(exam)).toMatchObject({ outcome: 'failed', reason: 'exam.gave-up' });
      }
    }
  });

  it('asks a card again that gives up after go with its line alive, and takes the third time for silence', () => {
    const givesUp: PartEvent[] = [...toGo, says(decline)];
    expect(play(givesUp).exam).toMatchObject({ attempts: 1, phase: { at: 'owed' } });
    const { exam } = play([...givesUp, ...givesUp, ...givesUp]);
    expect(resultOf(exam)).toMatchObject({ outcome: 'failed', reason: 'exam.silent' });
  });

  it('does not count it against a card when it cannot get ready', () => {
    const slow: PartEvent[] = [arm, { type: 'deadline' }];
    expect(resultOf(play([...slow, ...slow, ...slow]).exam)).toMatchObject({
      outcome: 'unanswered',
      reason: 'exam.not-ready',
    });
    expect(resultOf(play([arm, says(decline)]).exam)).toMatchObject({
      outcome: 'unanswered',
      reason: 'exam.declined',
    });
  });

  it('gives a new attempt no credit for the seed of the old one: its commit is late', () => {
    const { exam, last } = play([...toGo, { type: 'deadline' }, arm, says(commit())]);
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
    ['a commit before go', [arm, says(ready), says(commit())], 'exam.out-of-order'],
    [
      'ready on another engine',
      [arm, says({ ...ready, engine: 'onnx-cuda' } as CardMessage)],
      'exam.wrong-engine',
    ],
    ['ready twice', [arm, says(ready), says(ready)], 'exam.out-of-order'],
    ['a reveal before the commit', [...toGo, says(reveal)], 'exam.out-of-order'],
    ['a seed that was never issued', [...toGo, says(commit(otherSeed))], 'exam.seed-unknown'],
    ['too few roots', [...toGo, says(commit(seed, 1))], 'exam.wrong-roots'],
    ['a second commit', [...toOpening, says(commit())], 'exam.second-commit'],
    ['a second reveal', [...toOpening, says(reveal), says(reveal)], 'exam.out-of-order'],
  ] as [string, PartEvent[], string][])('refuses %s and changes nothing', (_name, events, code) => {
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
      ...Array<PartEvent>(10).fill({ type: 'deadline' }),
    ]);
    expect(exam.phase).toMatchObject({ at: 'opening', asks: 2 });
    const again = stepPart(exam, { type: 'connected' }, makeDraw());
    expect(again.open).toBe(true);
  });

  it('offers no way out by new hardware once the seed is known', () => {
    expect(resultOf(play([...toGo, { type: 'hardware-changed' }]).exam)).toMatchObject({ outcome: 'failed' });
  });

  it('offers no way out of bad openings by new hardware', () => {
    const { exam } = play([...toOpening, { type: 'hardware-changed' }]);
    expect(resultOf(exam)).toMatchObject({ outcome: 'failed' });
  });

  const events: fc.Arbitrary<PartEvent> = fc.oneof(
    fc.constantFrom<PartEvent>(
      arm,
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

  describe('under random events', () => {
    it('never throws, never asks more often than it may, and never changes after its end', () => {
      fc.assert(
        fc.property(fc.array(events, { maxLength: 60 }), (list) => {
          const draw = makeDraw();
          let exam = newPartExam(task);
          for (const event of list) {
            const before = exam;
            exam = stepPart(exam, event, draw).exam;
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
          const seen = new Map<string, Openings>();
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
});
