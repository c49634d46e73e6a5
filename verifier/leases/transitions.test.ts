import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import type { LeaseState } from '../../protocol/messages/lease.js';
import { LeaseMovedFact } from '../../scoring/facts/lease.js';
import { deviceId } from '../../scoring/testing/facts.js';
import { type Lease, leaseOf, movedFact, requestedFact } from './lease.js';
import { isOver, isRunning, type LeaseCause, leaseTable, nextLeaseState } from './transitions.js';

const states = Object.keys(leaseTable) as LeaseState[];
const causes: LeaseCause[] = [
  'handed-over',
  'hand-over-failed',
  'end-changed',
  'ended',
  'hardware-changed',
  'returned',
  'return-unproven',
];
const stories = fc.array(fc.tuple(fc.constantFrom(...causes), fc.nat(1000)), { maxLength: 30 });
const random = (length: number) => new Uint8Array(randomBytes(length));
const fact = Compile(LeaseMovedFact);

const requested = requestedFact(
  {
    device: deviceId('leased'),
    lease: `le_${'0'.repeat(32)}`,
    marketplace: 'market',
    reference: 'job 1',
    endsAt: null,
    commitment: deviceId('commitment'),
    witnessTokenHash: deviceId('token'),
  },
  { at: 1000, random },
);

/** All that a lease was, in order. */
function play(story: readonly (readonly [LeaseCause, number])[]): Lease[] {
  const path = [leaseOf(requested)];
  let at = 1000;
  for (const [cause, wait] of story) {
    at += wait;
    const lease = path.at(-1) as Lease;
    const moved = movedFact(lease, cause, { at, random, reasons: ['lease.requested'] });
    if (moved === null) continue;
    expect(fact.Check(moved)).toBe(true);
    expect(moved.from).toBe(lease.state);
    path.push(leaseOf(moved));
  }
  return path;
}

describe('the life of a lease', () => {
  it('is over once, and then nothing happens any more', () => {
    fc.assert(
      fc.property(stories, (story) => {
        const path = play(story).map(({ state }) => state);
        const over = path.findIndex(isOver);
        if (over !== -1) expect(over).toBe(path.length - 1);
      }),
    );
    for (const state of states.filter(isOver))
      for (const cause of causes) expect(nextLeaseState(state, cause)).toBeNull();
  });

  it('gives the cards to a tenant only by a hand-over, and never takes a state back', () => {
    const order: Record<LeaseState, number> = {
      'handing-over': 0,
      active: 1,
      returning: 2,
      ended: 3,
      refused: 3,
    };
    fc.assert(
      fc.property(stories, (story) => {
        const path = play(story);
        path.forEach((lease, i) => {
          const before = path[i - 1];
          if (before !== undefined) expect(order[lease.state]).toBeGreaterThanOrEqual(order[before.state]);
          expect(lease.startedAt === null).toBe(lease.state === 'handing-over' || lease.state === 'refused');
          if (isRunning(lease.state)) expect(path.some(({ state }) => state === 'active')).toBe(true);
        });
      }),
    );
  });

  it('has an end that never moves again, and that lies after its beginning', () => {
    fc.assert(
      fc.property(stories, (story) => {
        const path = play(story);
        const ends = new Set(path.map(({ endedAt }) => endedAt).filter((at) => at !== null));
        expect(ends.size).toBeLessThanOrEqual(1);
        for (const { state, openedAt, startedAt, endedAt } of path) {
          expect(openedAt).toBe(1000);
          expect(endedAt === null).toBe(state === 'handing-over' || state === 'active');
          if (endedAt !== null) expect(endedAt).toBeGreaterThanOrEqual(startedAt ?? openedAt);
        }
      }),
    );
  });

  it('can come to every state, and out of each that is not the last', () => {
    const reached = new Set<LeaseState>(['handing-over']);
    for (const state of reached) for (const to of Object.values(leaseTable[state])) reached.add(to);
    expect([...reached].sort()).toEqual([...states].sort());
  });
});
