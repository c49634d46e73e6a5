import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CohortRoom, Cohorts } from './cohorts.js';

const windowMs = 1_000;
let cohorts: Cohorts;
let gone: { name: string; at: number }[];
beforeEach(() => {
  vi.useFakeTimers();
  cohorts = new Cohorts(windowMs);
  gone = [];
});
afterEach(() => {
  cohorts.close();
  vi.useRealTimers();
});

/** A room whose arming ends when the test says so. */
class Room implements CohortRoom {
  readonly name: string;
  arming = false;
  armed = 0;

  constructor(name: string) {
    this.name = name;
  }

  arm(): void {
    this.arming = true;
    this.armed += 1;
  }

  go(): void {
    gone.push({ name: this.name, at: Date.now() });
  }

  /** Ready, or too late: in either case it is waited for no more. */
  settle(): void {
    this.arming = false;
    cohorts.moved(this);
  }
}

const joined = (...names: string[]): Room[] =>
  names.map((name) => {
    const room = new Room(name);
    cohorts.join(room);
    return room;
  });
const names = () => gone.map(({ name }) => name).sort();

describe('a cohort', () => {
  it('takes in all that come while its window is open, and lets them go at one instant', () => {
    const [a] = joined('a') as [Room];
    vi.advanceTimersByTime(windowMs / 2);
    const [b] = joined('b') as [Room];
    vi.advanceTimersByTime(windowMs / 2);
    expect([a.armed, b.armed]).toEqual([1, 1]);
    a.settle();
    vi.advanceTimersByTime(100);
    expect(gone).toEqual([]);
    b.settle();
    expect(names()).toEqual(['a', 'b']);
    expect(new Set(gone.map(({ at }) => at)).size).toBe(1);
  });

  it('is held up by its own slowest member and by nobody else', () => {
    const [slow, quick] = joined('slow', 'quick') as [Room, Room];
    vi.advanceTimersByTime(windowMs);
    quick.settle();
    const [later] = joined('later') as [Room];
    vi.advanceTimersByTime(windowMs);
    later.settle();
    expect(names()).toEqual(['later']);
    slow.settle();
    expect(names()).toEqual(['later', 'quick', 'slow']);
  });

  it('does not wait for one that was asked again elsewhere, nor lets it go', () => {
    const [again, quick] = joined('again', 'quick') as [Room, Room];
    vi.advanceTimersByTime(windowMs);
    quick.settle();
    cohorts.join(again);
    const [accomplice] = joined('accomplice') as [Room];
    vi.advanceTimersByTime(windowMs);
    // Its first cohort has gone without it; in its second it waits for the others.
    expect(names()).toEqual(['quick']);
    again.settle();
    expect(names()).toEqual(['quick']);
    accomplice.settle();
    expect(names()).toEqual(['accomplice', 'again', 'quick']);
  });

  it('goes without one that has left', () => {
    const [left, stays] = joined('left', 'stays') as [Room, Room];
    vi.advanceTimersByTime(windowMs);
    stays.settle();
    cohorts.leave(left);
    expect(names()).toEqual(['stays']);
  });

  it('starts nobody who left before the window closed', () => {
    const [left] = joined('left') as [Room];
    cohorts.leave(left);
    vi.advanceTimersByTime(windowMs);
    expect(left.armed).toBe(0);
  });
});
