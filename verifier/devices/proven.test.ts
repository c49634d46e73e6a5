import { describe, expect, it } from 'vitest';
import type { CardClaim } from '../../protocol/messages/cards.js';
import { givenClass } from '../../scoring/catalogue/given.js';
import type { ExamFact } from '../../scoring/facts/facts.js';
import type { ProbeFact } from '../../scoring/facts/timelock.js';
import { memoryPart } from '../../scoring/testing/facts.js';
import type { DeviceState } from './devices.js';
import type { ExamHistory } from './histories.js';
import { isEligible, judgedExam, lastProbes } from './proven.js';

const claim = (model: string, engine: string | null = 'onnx-cuda'): CardClaim => ({
  kind: 'gpu',
  model,
  memoryBytes: 1,
  engine,
});
const catalogue = {
  classes: [givenClass('good', 'gpu', { gflops: 1 }), givenClass('soft', 'software', { gflops: 1 })],
};
const passed = (card: number, of: CardClaim, changes: Partial<ExamFact> = {}) =>
  ({
    card,
    claim: of,
    exam: 'ex_1',
    at: 1000,
    outcome: 'passed',
    class: 'good',
    memory: memoryPart,
    ...changes,
  }) as ExamFact;

function facts(cards: CardClaim[], exams: ExamFact[], status: DeviceState['status'] = 'verified') {
  const judged = new Map(exams.map((exam) => [exam.card, exam]));
  const history: ExamHistory = { outcomes: [], latest: judged, judged, network: null };
  return { state: { status, enrolment: { cards } } as DeviceState, history, catalogue };
}

describe('what is proven of a card', () => {
  it('is nothing by an exam of another card under the same number', () => {
    const { history } = facts([], [passed(0, claim('A'))]);
    expect(judgedExam(history, claim('A'), 0)?.class).toBe('good');
    expect(judgedExam(history, claim('B'), 0)).toBeNull();
    expect(judgedExam(history, claim('A', null), 0)).toBeNull();
  });

  it('is nothing by an exam of before its memory could be examined', () => {
    const { history } = facts([], [passed(0, claim('A'))]);
    expect(judgedExam(history, { ...claim('A'), memoryEngine: null }, 0)?.class).toBe('good');
    expect(judgedExam(history, { ...claim('A'), memoryEngine: 'webgpu' }, 0)).toBeNull();
  });

  it('lets a card earn while its device is verified and its pass is no older than a day', () => {
    const cards = [claim('A')];
    const exams = [passed(0, claim('A'))];
    expect(isEligible(facts(cards, exams), 0, 2000)).toBe(true);
    expect(isEligible(facts(cards, exams), 0, 1000 + 24 * 3600_000)).toBe(false);
    expect(isEligible(facts(cards, exams, 'suspended'), 0, 2000)).toBe(false);
    expect(isEligible(facts(cards, [passed(0, claim('A'), { class: 'soft' })]), 0, 2000)).toBe(false);
    expect(isEligible(facts(cards, [passed(0, claim('A'), { class: null })]), 0, 2000)).toBe(false);
  });

  it('lets no GPU earn by an exam without its memory, though it had confirmed a class then', () => {
    const cards = [claim('A')];
    const { memory: _, ...before } = passed(0, claim('A'));
    for (const exam of [before as ExamFact, passed(0, claim('A'), { memory: null })]) {
      expect(isEligible(facts(cards, [exam]), 0, 2000)).toBe(false);
    }
    const cpu: CardClaim = { ...claim('A'), kind: 'cpu' };
    expect(isEligible(facts([cpu], [passed(0, cpu, { memory: null })]), 0, 2000)).toBe(true);
  });

  it('lets no cards earn together that have not passed together', () => {
    const cards = [claim('A'), claim('B')];
    const inTurn = [passed(0, claim('A')), passed(1, claim('B'), { exam: 'ex_2', at: 1500 })];
    expect([0, 1].map((card) => isEligible(facts(cards, inTurn), card, 2000))).toEqual([false, true]);
    const together = [passed(0, claim('A')), passed(1, claim('B'))];
    expect([0, 1].map((card) => isEligible(facts(cards, together), card, 2000))).toEqual([true, true]);
  });

  it('lets no card earn that is held for a dispute, and every other of its device', () => {
    const cards = [claim('A'), claim('B')];
    const exams = [passed(0, claim('A')), passed(1, claim('B'))];
    const earning = (...disputes: { card: number; held: boolean }[]) =>
      [0, 1].map((card) => isEligible({ ...facts(cards, exams), disputes }, card, 2000));
    expect(earning({ card: 0, held: true })).toEqual([false, true]);
    expect(earning({ card: 0, held: false }, { card: 1, held: false })).toEqual([true, true]);
  });

  describe('while it is leased', () => {
    const day = 24 * 3600_000;
    const now = 1000 + 7 * day;
    const probe = (card: number, outcome: ProbeFact['outcome'], minutesAgo: number) =>
      ({ card, outcome, at: now - minutesAgo * 60_000 }) as ProbeFact;
    const cards = [claim('A'), claim('B')];
    const together = [passed(0, claim('A')), passed(1, claim('B'))];
    const eligible = (probes: ProbeFact[] | null, exams = together) => {
      const leased = probes === null ? null : lastProbes(probes);
      return [0, 1].map((card) => isEligible({ ...facts(cards, exams), leased }, card, now));
    };

    it('stays good beyond the day by good probes within an hour', () => {
      expect(eligible(null)).toEqual([false, false]);
      expect(eligible([probe(0, 'passed', 5), probe(1, 'passed', 60)])).toEqual([true, true]);
      expect(eligible([probe(0, 'passed', 5), probe(1, 'ours', 1)])).toEqual([true, false]);
      expect(eligible([probe(0, 'failed', 9), probe(0, 'passed', 5), probe(1, 'passed', 2)])).toEqual([
        true,
        true,
      ]);
    });

    it.each([
      ['failed', 1],
      ['unanswered', 1],
      ['passed', 61],
    ] as const)(
      'ends for the whole device where the last probe of a card %s %d minutes ago',
      (outcome, ago) => {
        expect(eligible([probe(0, 'passed', 5), probe(1, outcome, ago)])).toEqual([false, false]);
      },
    );

    it('does not make up for an exam that was not passed, nor for one that others have left behind', () => {
      const good = [probe(0, 'passed', 5), probe(1, 'passed', 5)];
      const apart = [passed(0, claim('A')), passed(1, claim('B'), { exam: 'ex_2', at: 2000 })];
      expect(eligible(good, apart)).toEqual([false, true]);
      expect(eligible(good, [passed(0, claim('A'), { class: null }), passed(1, claim('B'))])).toEqual([
        false,
        true,
      ]);
    });
  });
});
