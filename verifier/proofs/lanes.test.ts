import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inLane, type Lane, Lanes } from './lanes.js';

const task = (lane: Lane, name = '') => ({ ...inLane(lane), lane, name });
const lane = fc.constantFrom<Lane>('proven', 'newcomer');

describe('the lanes before the proof threads', () => {
  it('let one newcomer at most go before a proven device, however many stand there', () => {
    const lanes = new Lanes();
    for (let at = 0; at < 200; at += 1) lanes.push(task('newcomer'));
    lanes.shift();
    const proven = task('proven');
    lanes.push(proven);
    expect([lanes.shift(), lanes.shift()]).toContain(proven);
  });

  it('let newcomers have every other turn beside proven devices that never end', () => {
    const lanes = new Lanes();
    const newcomers = [task('newcomer', 'first'), task('newcomer', 'second')];
    for (const each of newcomers) lanes.push(each);
    const gone = Array.from({ length: 4 }, () => {
      lanes.push(task('proven'));
      return lanes.shift();
    });
    expect(gone.filter((each) => newcomers.includes(each as never))).toEqual(newcomers);
  });

  it('lose nothing, double nothing and keep the order of each lane, whatever is put back or taken out', () => {
    const step = fc.oneof(
      fc.record({ is: fc.constant('push' as const), lane }),
      fc.record({ is: fc.constantFrom('shift' as const, 'put back' as const) }),
      fc.record({ is: fc.constant('remove' as const), at: fc.nat(20) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const lanes = new Lanes();
        const expected: Record<Lane, ReturnType<typeof task>[]> = { proven: [], newcomer: [] };
        for (const one of steps) {
          if (one.is === 'push') {
            const added = task(one.lane);
            lanes.push(added);
            expected[one.lane].push(added);
          } else if (one.is === 'remove') {
            const all = [...expected.proven, ...expected.newcomer];
            const taken = all[one.at % Math.max(1, all.length)];
            if (taken === undefined) continue;
            lanes.remove(taken);
            expected[taken.lane] = expected[taken.lane].filter((each) => each !== taken);
          } else {
            const shifted = lanes.shift() as ReturnType<typeof task> | null;
            if (shifted === null) expect(lanes.size).toBe(0);
            else {
              expect(shifted).toBe(expected[shifted.lane][0]);
              if (one.is === 'shift') expected[shifted.lane].shift();
              else {
                lanes.unshift(shifted);
                expect(lanes.shift()).toBe(shifted);
                lanes.unshift(shifted);
              }
            }
          }
          expect(lanes.waiting('proven')).toBe(expected.proven.length);
          expect(lanes.size).toBe(expected.proven.length + expected.newcomer.length);
        }
      }),
    );
  });
});
