import { describe, expect, it } from 'vitest';
import { disputeMoved } from '../../scoring/testing/dispute-facts.js';
import { nextId } from '../../scoring/testing/facts.js';
import { openQuestions } from './questions.js';

const trial = (went: string[], passed: string[]) => ({
  sweep: nextId('sw'),
  at: 1,
  asked: went,
  went,
  passed,
});

describe('what of a dispute is open', () => {
  it('are pairs that have not passed at one instant, with how often they tried', () => {
    const trials = [trial(['a', 'b'], ['a', 'b']), trial(['a', 'c'], ['a']), trial(['a', 'c'], [])];
    const fact = disputeMoved(nextId('di'), 1, ['a', 'b', 'c'], { held: ['c'], trials });
    expect(openQuestions(fact)).toEqual([
      { devices: ['a', 'c'], joint: 2, needs: 'trials' },
      { devices: ['b', 'c'], joint: 0, needs: 'together' },
    ]);
    expect(openQuestions({ ...fact, state: 'distinct' })).toEqual([]);
  });
});
