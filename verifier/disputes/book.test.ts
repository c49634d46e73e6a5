import { describe, expect, it } from 'vitest';
import { disputeMoved } from '../../scoring/testing/dispute-facts.js';
import { nextId } from '../../scoring/testing/facts.js';
import { DisputeBook } from './book.js';

describe('how disputes stand', () => {
  const dispute = nextId('di');
  const facts = [
    disputeMoved(dispute, 1, ['a', 'b']),
    disputeMoved(dispute, 2, ['a', 'b', 'c'], { held: ['b', 'c'] }),
    disputeMoved(dispute, 3, ['a', 'c'], { state: 'shared', keeper: 'a', held: [], losers: ['c'] }),
  ];

  it('is what was said last, in whatever order and however often it comes', () => {
    for (const order of [
      [0, 1, 2],
      [2, 1, 0, 2],
      [1, 2, 0, 1],
    ]) {
      const book = new DisputeBook([]);
      for (const place of order) book.apply(facts.slice(place, place + 1));
      expect(book.of('a')).toEqual([
        { card: 0, dispute, state: 'shared', held: false, code: 'dispute.kept' },
      ]);
      expect(book.of('b')).toEqual([]);
      expect(book.of('c')).toMatchObject([{ held: true, code: 'dispute.never-together' }]);
    }
  });

  it('is told with what holds a card first', () => {
    const others = [disputeMoved(nextId('di'), 1, ['c', 'd']), disputeMoved(nextId('di'), 1, ['d', 'c'])];
    expect(new DisputeBook([...others, ...facts]).of('c').map(({ held }) => held)).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('holds nobody who claims nothing that is disputed', () => {
    expect(new DisputeBook(facts).of('d')).toEqual([]);
  });

  it('is counted by state, where it did not lapse', () => {
    const lapsed = disputeMoved(nextId('di'), 1, ['a', 'b'], { state: 'lapsed' });
    const book = new DisputeBook([...facts, lapsed, disputeMoved(nextId('di'), 1, ['c', 'd'])]);
    expect(Object.fromEntries(book.byState())).toEqual({ open: 1, distinct: 0, shared: 1 });
  });
});
