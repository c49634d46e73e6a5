import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CardMessage, ExamPart } from '../../protocol/messages/exam.js';
import {
  type CardExam,
  type ComputeTask,
  type MemoryTask,
  newCardExam,
  presentPart,
  recordOf,
  step,
} from './card-exam.js';
import { type Draw, maxAsks, type PartEvent } from './part-exam.js';
import { shifted } from './saved-rooms.js';

const compute: ComputeTask = {
  part: 'compute',
  shape: { n: 256, layers: 2, pages: 128, rounds: 2 },
  engine: 'onnx-cuda',
};
const memory: MemoryTask = {
  part: 'memory',
  shape: { n: 256, layers: 1, banks: 2, bankPages: 64, rounds: 2, walkers: 16, steps: 4 },
  engine: 'webgpu',
};
const seeds = { compute: 'ab'.repeat(32), memory: 'cd'.repeat(32) };
const tableSeed = 'ef'.repeat(32);
const draw: Draw = {
  compute: () => [{ round: 0, page: 1 }],
  memory: () => [{ round: 1, walker: 2 }],
};

const about = (part: ExamPart) => ({ exam: `ex_${'0'.repeat(32)}`, card: 0, part });
const ready = (part: ExamPart): CardMessage => ({
  type: 'exam.ready',
  ...about(part),
  engine: part === 'compute' ? compute.engine : memory.engine,
});
const commit = (part: ExamPart): CardMessage => ({
  type: 'exam.commit',
  ...about(part),
  seed: seeds[part],
  roots: ['11'.repeat(32), '22'.repeat(32)],
});
const reveal = (part: ExamPart): CardMessage => ({ type: 'exam.reveal', ...about(part), reveals: [] });
const decline = (part: ExamPart): CardMessage => ({ type: 'exam.decline', ...about(part), message: 'no' });
const says = (message: CardMessage, at = 0): PartEvent => ({
  type: 'message',
  message,
  at,
  seen: { roundTripMs: 20, lagMs: 0 },
});

const arm: PartEvent = { type: 'arm', at: 0, tableSeed };
const right: PartEvent = { type: 'checked', right: 1, code: 'proof.complete' };
const toGo = (part: ExamPart): PartEvent[] => [
  arm,
  says(ready(part), 40),
  { type: 'go', seed: seeds[part], at: 1000 },
];
const whole = (part: ExamPart): PartEvent[] => [
  ...toGo(part),
  says(commit(part), 1700),
  says(reveal(part)),
  right,
];

const play = (events: readonly PartEvent[], from: CardExam = newCardExam(compute, memory)): CardExam =>
  events.reduce((exam, event) => step(exam, event, draw).exam, from);

describe("a card's exam", () => {
  it('asks for compute, then for memory, and ends with a record of both', () => {
    const computed = play(whole('compute'));
    expect(presentPart(computed)?.task).toBe(memory);
    expect(recordOf(computed)).toBeNull();
    expect(recordOf(play(whole('memory'), computed))).toMatchObject({
      compute: { attempts: 1, tableSeed: null, result: { kind: 'checked', code: 'proof.complete' } },
      memory: {
        attempts: 1,
        tableSeed,
        buildMs: 40,
        result: { kind: 'checked', commitment: { seed: seeds.memory, tableSeed, elapsedMs: 700 } },
      },
    });
  });

  it('ends with the compute part where no engine holds a table', () => {
    const exam = play(whole('compute'), newCardExam(compute, null));
    expect(recordOf(exam)).toMatchObject({ compute: { result: { kind: 'checked' } }, memory: null });
  });

  it.each<[string, PartEvent[]]>([
    ['is wrong', [...whole('compute').slice(0, -1), { type: 'checked', right: 0, code: 'proof.wrong-page' }]],
    ['is declined', [arm, says(decline('compute'))]],
    ['can not be checked', [...whole('compute').slice(0, -1), { type: 'ours' }]],
  ])('asks for no table of a card whose compute part %s', (_name, events) => {
    const exam = play(events);
    expect(presentPart(exam)).toBeNull();
    expect(recordOf(exam)?.memory).toBeNull();
  });

  it('refuses messages about the part that it is not at, and changes nothing', () => {
    const inCompute = play(toGo('compute'));
    for (const message of [ready, commit, reveal, decline]) {
      expect(step(inCompute, says(message('memory')), draw)).toEqual({
        exam: inCompute,
        refused: 'exam.out-of-order',
      });
    }
    const inMemory = play(toGo('memory'), play(whole('compute')));
    for (const message of [ready, commit, reveal, decline]) {
      expect(step(inMemory, says(message('compute')), draw)).toEqual({
        exam: inMemory,
        refused: 'exam.out-of-order',
      });
    }
  });

  it('knows a late commit of a walk as that, and one of compute no more', () => {
    const late = play([...toGo('memory'), { type: 'deadline' }], play(whole('compute')));
    expect(step(late, says(commit('compute')), draw).refused).toBe('exam.out-of-order');
    const { exam, refused } = step(late, says(commit('memory')), draw);
    expect(refused).toBe('exam.late-commit');
    expect(recordOf(exam)?.memory?.result).toMatchObject({ outcome: 'failed', reason: 'exam.late' });
  });

  it('counts attempts and stops for each part by itself', () => {
    const stop: PartEvent[] = [...toGo('compute'), { type: 'disconnected' }];
    const computed = play([...stop, ...stop, ...whole('compute')]);
    const exam = play([...toGo('memory'), { type: 'disconnected' }], computed);
    expect(exam.memory).toMatchObject({ attempts: 1, stops: 1, phase: { at: 'owed' } });
    expect(exam.compute).toMatchObject({ attempts: 3, stops: 2 });
  });

  it('of a card that never builds its table is never a pass', () => {
    const declined = play([arm, says(decline('memory'))], play(whole('compute')));
    expect(recordOf(declined)?.memory?.result).toMatchObject({
      kind: 'unproven',
      outcome: 'unanswered',
      reason: 'exam.declined',
    });
    const slow: PartEvent[] = [arm, { type: 'deadline' }];
    const late = play([...slow, ...slow, ...slow], play(whole('compute')));
    expect(recordOf(late)?.memory?.result).toMatchObject({ outcome: 'unanswered', reason: 'exam.not-ready' });
  });

  it('asks no table of hardware that is no longer claimed, though its pages are right', () => {
    const checking = play(whole('compute').slice(0, -1));
    const exam = play([{ type: 'hardware-changed' }, right], checking);
    expect(recordOf(exam)).toMatchObject({
      compute: { result: { kind: 'checked', code: 'proof.complete' } },
      memory: { attempts: 0, result: { outcome: 'unanswered', engine: null } },
    });
  });
});

const parts = fc.constantFrom<ExamPart>('compute', 'memory');
const events: fc.Arbitrary<PartEvent> = fc.oneof(
  fc.constantFrom<PartEvent>(
    arm,
    arm,
    { type: 'deadline' },
    { type: 'connected' },
    { type: 'disconnected' },
    { type: 'home-lost' },
    { type: 'ours' },
    { type: 'hardware-changed' },
    right,
    { type: 'checked', right: 0, code: 'proof.wrong-walk' },
    { type: 'go', seed: seeds.compute, at: 10 },
    { type: 'go', seed: seeds.memory, at: 20 },
  ),
  fc
    .tuple(parts, fc.constantFrom(ready, commit, reveal, decline))
    .map(([part, message]) => says(message(part), 30)),
);
/** Mostly the honest way, with accidents: pure chance hardly ever comes to a walk. */
const stories = fc.array(
  fc.oneof(
    { weight: 1, arbitrary: events.map((event) => [event]) },
    { weight: 3, arbitrary: parts.map(whole) },
  ),
  { maxLength: 20 },
);

describe("a card's exam under random events", () => {
  it('never throws, comes to one end at most, and stays there', () => {
    fc.assert(
      fc.property(stories, (story) => {
        let exam = newCardExam(compute, memory);
        for (const event of story.flat()) {
          const before = exam;
          exam = step(exam, event, draw).exam;
          expect(exam.compute.attempts).toBeLessThanOrEqual(maxAsks);
          expect(exam.memory?.attempts).toBeLessThanOrEqual(maxAsks);
          expect(recordOf(exam) === null).toBe(presentPart(exam) !== null);
          if (recordOf(before) !== null) expect(exam).toBe(before);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('never comes to a table but by a complete compute proof, nor to a proven table without all its steps', () => {
    fc.assert(
      fc.property(stories, (story) => {
        const exam = play(story.flat());
        const { memory: table, compute: pages } = exam;
        if ((table?.attempts ?? 0) > 0) {
          expect(pages.phase).toMatchObject({ at: 'done', result: { code: 'proof.complete' } });
        }
        const record = recordOf(exam)?.memory;
        if (record?.result.kind === 'checked') {
          expect(record.attempts).toBeGreaterThan(0);
          expect(record.tableSeed).toBe(tableSeed);
          expect(record.buildMs).not.toBeNull();
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('ends, whatever has happened, when only its time goes on', () => {
    fc.assert(
      fc.property(stories, (story) => {
        // Armed by cohorts, connected, and silent.
        const rest = Array<PartEvent[]>(2 * maxAsks + 4).fill([
          { type: 'connected' },
          arm,
          { type: 'deadline' },
          right,
        ]);
        const answered = [...story.flat(), ...rest.flat()];
        const exam = play(answered);
        const stuck = presentPart(exam)?.phase.at;
        // One that is ready waits for its cohort and has no time of its own.
        expect([undefined, 'ready']).toContain(stuck);
      }),
      { numRuns: 1000 },
    );
  });

  it('fails nobody by a verifier that ends', () => {
    fc.assert(
      fc.property(stories, (story) => {
        const before = play(story.flat());
        const after = step(before, { type: 'home-lost' }, draw).exam;
        const [present, left] = [presentPart(before), presentPart(after)];
        if (present === null) expect(after).toBe(before);
        else if (left === null) {
          const ended = present.task.part === 'compute' ? after.compute : after.memory;
          expect(ended?.phase).toMatchObject({ result: { outcome: 'ours' } });
        } else {
          expect(left.stops).toBe(present.stops);
          if (present.phase.at === 'opening') expect(left.phase).toMatchObject({ asks: present.phase.asks });
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('goes on as before after it was saved, on a clock that shows another time', () => {
    fc.assert(
      fc.property(stories, stories, fc.integer({ min: -1e9, max: 1e9 }), (first, then, byMs) => {
        const before = play(first.flat());
        const saved = shifted(JSON.parse(JSON.stringify(before)) as CardExam, byMs);
        expect(shifted(saved, -byMs)).toEqual(before);
        const later = then.flat().map((event) => ('at' in event ? { ...event, at: event.at + byMs } : event));
        expect(shifted(play(later, saved), -byMs)).toEqual(play(then.flat(), before));
      }),
      { numRuns: 500 },
    );
  });
});
