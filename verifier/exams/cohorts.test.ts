import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CohortRoom, Cohorts } from './cohorts.js';

const windowMs = 1_000;
let cohorts: Cohorts;
let gone: { name: string; part: string; at: number }[];
/** Rooms that were told to build at one instant. */
let together: Set<Room>[];
beforeEach(() => {
  vi.useFakeTimers();
  cohorts = new Cohorts(windowMs);
  gone = [];
  together = [];
});
afterEach(() => {
  cohorts.close();
  vi.useRealTimers();
});

/** A room of one card, whose steps end when the test says so. */
class Room implements CohortRoom {
  readonly name: string;
  readonly #hasMemory: boolean;
  part: 'compute' | 'memory' | null = 'compute';
  at: 'owed' | 'arming' | 'ready' | 'running' = 'owed';
  armed = 0;

  constructor(name: string, hasMemory: boolean) {
    this.name = name;
    this.#hasMemory = hasMemory;
  }

  get waits(): boolean {
    return this.part !== null && this.at === 'owed';
  }

  get arming(): boolean {
    return this.at === 'arming';
  }

  arm(): void {
    if (this.at !== 'owed' || this.part === null) return;
    this.armed += 1;
    if (this.part === 'memory') together.at(-1)?.add(this);
    this.#to('arming');
  }

  go(): void {
    const cohort = together.find((rooms) => rooms.has(this));
    if (this.arming || (this.part === 'memory' && [...(cohort ?? [])].some(({ arming }) => arming))) {
      throw new Error(`${this.name} goes beside one that is not ready`);
    }
    if (this.at !== 'ready' || this.part === null) return;
    gone.push({ name: this.name, part: this.part, at: Date.now() });
    this.#to('running');
  }

  prepareGo(): (() => () => void) | null {
    return this.at === 'ready' ? () => () => this.go() : null;
  }

  ready(): void {
    this.#to('ready');
  }

  /** The step's time is over, or its line broke: the part is owed again. */
  owe(): void {
    this.#to('owed');
  }

  /** Proven, as far as a cohort can tell. */
  end(): void {
    this.part = this.part === 'compute' && this.#hasMemory ? 'memory' : null;
    this.#to('owed');
  }

  forget(): void {
    for (const rooms of together) rooms.delete(this);
  }

  /** As the examiner does it: the cohort looks first, and a room that waits asks for another. */
  #to(at: Room['at']): void {
    this.at = at;
    if (at === 'owed') this.forget();
    cohorts.moved(this);
    if (this.waits) cohorts.join(this);
  }
}

function enter(name: string, hasMemory = true): Room {
  const room = new Room(name, hasMemory);
  cohorts.join(room);
  return room;
}
const joined = (...names: string[]): Room[] => names.map((name) => enter(name));
const names = (part = 'compute') =>
  gone
    .filter((one) => one.part === part)
    .map(({ name }) => name)
    .sort();
const instants = (part: string) => new Set(gone.filter((one) => one.part === part).map(({ at }) => at)).size;

describe('a cohort', () => {
  it('takes in all that come while its window is open, and lets them go at one instant', () => {
    const [a] = joined('a') as [Room];
    vi.advanceTimersByTime(windowMs / 2);
    const [b] = joined('b') as [Room];
    vi.advanceTimersByTime(windowMs / 2);
    expect([a.armed, b.armed]).toEqual([1, 1]);
    a.ready();
    vi.advanceTimersByTime(100);
    expect(gone).toEqual([]);
    b.ready();
    expect(names()).toEqual(['a', 'b']);
    expect(instants('compute')).toBe(1);
  });

  it('is held up by its own slowest member and by nobody else', () => {
    const [slow, quick] = joined('slow', 'quick') as [Room, Room];
    vi.advanceTimersByTime(windowMs);
    quick.ready();
    const [later] = joined('later') as [Room];
    vi.advanceTimersByTime(windowMs);
    later.ready();
    expect(names()).toEqual(['later']);
    slow.ready();
    expect(names()).toEqual(['later', 'quick', 'slow']);
  });

  it('does not wait for one that was asked again elsewhere, nor lets it go', () => {
    const [again, quick] = joined('again', 'quick') as [Room, Room];
    vi.advanceTimersByTime(windowMs);
    quick.ready();
    again.owe();
    // Its first cohort has gone without it; in its second it waits for the others.
    expect(names()).toEqual(['quick']);
    const [accomplice] = joined('accomplice') as [Room];
    vi.advanceTimersByTime(windowMs);
    again.ready();
    expect(names()).toEqual(['quick']);
    accomplice.ready();
    expect(names()).toEqual(['accomplice', 'again', 'quick']);
  });

  it('goes without one that has left', () => {
    const [left, stays] = joined('left', 'stays') as [Room, Room];
    vi.advanceTimersByTime(windowMs);
    stays.ready();
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

/** Rooms of one cohort that have all gone for compute. */
function computing(...all: string[]): Room[] {
  const rooms = joined(...all);
  vi.advanceTimersByTime(windowMs);
  for (const room of rooms) room.ready();
  expect(names()).toEqual(expect.arrayContaining(all));
  return rooms;
}

describe('the tables of a cohort', () => {
  it('are built when all of it have ended the compute part, and walked at one instant', () => {
    const [a, b] = computing('a', 'b') as [Room, Room];
    a.end();
    vi.advanceTimersByTime(60_000);
    expect(a.at).toBe('owed');
    b.end();
    expect([a.at, b.at]).toEqual(['arming', 'arming']);
    a.ready();
    vi.advanceTimersByTime(60_000);
    expect(names('memory')).toEqual([]);
    b.ready();
    expect(names('memory')).toEqual(['a', 'b']);
    expect(instants('memory')).toBe(1);
  });

  it('are not asked with another cohort, however long the others of its own take', () => {
    const [quick, slow] = computing('quick', 'slow') as [Room, Room];
    quick.end();
    const [stranger] = computing('stranger') as [Room];
    stranger.end();
    stranger.ready();
    expect(names('memory')).toEqual(['stranger']);
    expect(quick.at).toBe('owed');
    slow.end();
    expect([quick.at, slow.at]).toEqual(['arming', 'arming']);
  });

  it('wait for nobody who has none to build', () => {
    const withTable = enter('with');
    const without = enter('without', false);
    vi.advanceTimersByTime(windowMs);
    withTable.ready();
    without.ready();
    withTable.end();
    expect(withTable.at).toBe('owed');
    without.end();
    withTable.ready();
    expect(names('memory')).toEqual(['with']);
  });

  it('go with the compute part of who owes that again: both move to the next cohort', () => {
    const [again, stays] = computing('again', 'stays') as [Room, Room];
    again.owe();
    stays.end();
    stays.ready();
    expect(names('memory')).toEqual(['stays']);
    vi.advanceTimersByTime(windowMs);
    again.ready();
    again.end();
    again.ready();
    expect(names('memory')).toEqual(['again', 'stays']);
  });

  it('that are owed again are built with those of the next cohort', () => {
    const [again, stays] = computing('again', 'stays') as [Room, Room];
    again.end();
    stays.end();
    again.owe();
    stays.ready();
    expect(names('memory')).toEqual(['stays']);
    const [other] = joined('other') as [Room];
    vi.advanceTimersByTime(windowMs);
    expect(again.at).toBe('owed');
    other.ready();
    other.end();
    again.ready();
    expect(names('memory')).toEqual(['stays']);
    other.ready();
    expect(names('memory')).toEqual(['again', 'other', 'stays']);
  });

  it('that are owed again need no other cohort to come', () => {
    const [a] = computing('a') as [Room];
    a.end();
    a.ready();
    a.owe();
    vi.advanceTimersByTime(windowMs);
    a.ready();
    expect(names('memory')).toEqual(['a', 'a']);
  });

  it('wait for no absent one, and one that comes back builds with whom it meets', () => {
    const [absent, stays] = computing('absent', 'stays') as [Room, Room];
    // It has committed, and its line is gone: what it owes to show waits for it.
    cohorts.leave(absent);
    stays.end();
    stays.ready();
    expect(names('memory')).toEqual(['stays']);
    absent.end();
    vi.advanceTimersByTime(windowMs);
    absent.ready();
    expect(names('memory')).toEqual(['absent', 'stays']);
  });
});

describe('cohorts under random events', () => {
  const act = fc.record({
    who: fc.nat(4),
    what: fc.constantFrom('ready', 'ready', 'end', 'end', 'owe', 'leave', 'wait', 'join'),
  });

  it('let nobody go who is not ready, nor beside a member that still builds, and leave nobody behind', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        cohorts.close();
        cohorts = new Cohorts(windowMs);
        together = [];
        const rooms = [0, 1, 2, 3, 4].map((i) => enter(`${i}`, i > 0));
        for (const { who, what } of acts) {
          const room = rooms[who] as Room;
          together.push(new Set());
          if (what === 'wait') vi.advanceTimersByTime(windowMs);
          else if (what === 'leave' && room.part !== null) {
            room.forget();
            cohorts.leave(room);
            room.at = 'owed';
          } else if (what === 'join' && room.waits) cohorts.join(room);
          else if (what === 'ready' && room.at === 'arming') room.ready();
          else if (what === 'owe' && room.at !== 'owed') room.owe();
          else if (what === 'end' && room.at === 'running') room.end();
        }
        // From here on everybody is there and does its part.
        for (const room of rooms) if (room.waits) cohorts.join(room);
        const one = (act: () => void) => {
          together.push(new Set());
          act();
        };
        for (let turn = 0; turn < 12; turn += 1) {
          one(() => vi.advanceTimersByTime(windowMs));
          for (const room of rooms) if (room.at === 'arming') one(() => room.ready());
          for (const room of rooms) if (room.at === 'running') one(() => room.end());
        }
        expect(rooms.map(({ part }) => part)).toEqual(rooms.map(() => null));
      }),
      { numRuns: 300 },
    );
  });
});
