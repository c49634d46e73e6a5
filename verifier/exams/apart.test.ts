import { describe, expect, it } from 'vitest';
import { cardsApart } from './apart.js';
import type { CardRecord } from './card-exam.js';

const hour = 3600_000;
const now = 100 * hour;

interface Answered {
  readonly attempt: number;
  /** Hours before the end of the exam. */
  readonly hoursAgo?: number;
}

const part = ({ attempt, hoursAgo = 0 }: Answered) => ({
  attempts: attempt,
  result: { kind: 'checked', commitment: { committedAt: now - hoursAgo * hour } },
});
const card = (compute: Answered, memory: Answered | null = null) =>
  ({ compute: part(compute), memory: memory && part(memory) }) as CardRecord;

const apart = (...cards: CardRecord[]) => [...cardsApart(new Map(cards.entries()), now)];

const [first, second, third] = [{ attempt: 1 }, { attempt: 2 }, { attempt: 3 }];

describe('cards that passed', () => {
  it('are together where they answered in the same attempts, whichever those are', () => {
    expect(apart(card(first))).toEqual([]);
    expect(apart(card(third, second), card(third, second))).toEqual([]);
    // One that has no table to show is together with those that have.
    expect(apart(card(first, second), card(first, second), card(first))).toEqual([]);
  });

  it('are apart where they took the attempts of one part in turn', () => {
    expect(apart(card(first), card(second), card(third))).toEqual([1, 2]);
    expect(apart(card(first, first), card(first, second))).toEqual([1]);
    expect(apart(card(second, first), card(first, first))).toEqual([0]);
  });

  it('are apart where they took turns crosswise, so that none is left', () => {
    expect(apart(card(first, second), card(second, first))).toEqual([0, 1]);
  });

  it('leave most of a machine standing where one of its cards was late', () => {
    expect(apart(card(second), card(first), card(second), card(second))).toEqual([1]);
  });

  it('show nothing where a part is hours old, alone or not', () => {
    expect(apart(card({ attempt: 1, hoursAgo: 20 }, first))).toEqual([0]);
    expect(apart(card({ attempt: 1, hoursAgo: 20 }))).toEqual([0]);
    expect(apart(card({ attempt: 1, hoursAgo: 1 }, first))).toEqual([]);
  });
});
