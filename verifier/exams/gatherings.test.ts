import { beforeEach, describe, expect, it } from 'vitest';
import { type CohortRoom, Cohorts, type Gathering } from './cohorts.js';

let cohorts: Cohorts;
let gathering: Gathering;
let gone: string[];
beforeEach(() => {
  cohorts = new Cohorts(1_000);
  gathering = cohorts.gather();
  gone = [];
});

/** A room of one card with both parts, whose steps end when the test says so. */
class Room implements CohortRoom {
  readonly name: string;
  part: 'compute' | 'memory' | null = 'compute';
  at: 'owed' | 'arming' | 'ready' | 'running' = 'owed';

  constructor(name: string) {
    this.name = name;
  }

  get arming(): boolean {
    return this.at === 'arming';
  }

  arm(): void {
    if (this.at === 'owed' && this.part !== null) this.to('arming');
  }

  go(): void {
    this.prepareGo()?.()();
  }

  prepareGo(): (() => () => void) | null {
    if (this.at !== 'ready') return null;
    return () => {
      gone.push(`${this.name} ${this.part}`);
      return () => this.to('running');
    };
  }

  to(at: Room['at']): void {
    this.at = at;
    cohorts.moved(this);
  }

  end(): void {
    this.part = this.part === 'compute' ? 'memory' : null;
    this.to('owed');
  }
}

const gather = (...names: string[]): Room[] =>
  names.map((name) => {
    const room = new Room(name);
    expect(gathering.add(room)).toBe(true);
    return room;
  });
const letGo = (): void => {
  const sent = [...gathering.prepare().values()].map((go) => go());
  for (const begin of sent) begin();
};

describe('a gathering', () => {
  it('arms all, and lets them go when it is told to and not before', () => {
    const rooms = gather('a', 'b');
    gathering.arm();
    for (const room of rooms) room.to('ready');
    expect(gathering.progress()).toEqual({ part: 'compute', arming: 0, ready: 2 });
    expect(gone).toEqual([]);
    letGo();
    expect(gone).toEqual(['a compute', 'b compute']);
    for (const room of rooms) room.end();
    expect(gathering.progress()).toEqual({ part: 'memory', arming: 2, ready: 0 });
    for (const room of rooms) room.to('ready');
    expect(gone).toHaveLength(2);
    letGo();
    expect(gone.slice(2)).toEqual(['a memory', 'b memory']);
  });

  it('takes nobody in once it is armed', () => {
    gather('a');
    gathering.arm();
    expect(gathering.add(new Room('late'))).toBe(false);
  });

  it('leaves out those who are late, and they go together when the last of them is ready', () => {
    const [a, ...late] = gather('a', 'slow', 'slower') as [Room, Room, Room];
    gathering.arm();
    a.to('ready');
    letGo();
    expect(gone).toEqual(['a compute']);
    late[0]?.to('ready');
    expect(gone).toEqual(['a compute']);
    late[1]?.to('ready');
    expect(gone).toEqual(['a compute', 'slow compute', 'slower compute']);
    // Their tables are a matter of their own cohort.
    for (const room of late) room.end();
    expect(late.map(({ at }) => at)).toEqual(['arming', 'arming']);
    a.end();
    expect(gathering.progress()).toEqual({ part: 'memory', arming: 1, ready: 0 });
  });

  it('lets nobody build while another one computes, until it is told to go on without it', () => {
    const [a, slow] = gather('a', 'slow') as [Room, Room];
    gathering.arm();
    for (const room of [a, slow]) room.to('ready');
    letGo();
    a.end();
    expect(a.at).toBe('owed');
    gathering.proceed();
    expect(a.at).toBe('arming');
    slow.end();
    expect(slow.at).toBe('arming');
    expect(gathering.progress()).toEqual({ part: 'memory', arming: 1, ready: 0 });
  });

  it('becomes a cohort like any other when nobody is to let it go any more', () => {
    const [a, b] = gather('a', 'b') as [Room, Room];
    gathering.arm();
    a.to('ready');
    gathering.free();
    expect(gone).toEqual([]);
    b.to('ready');
    expect(gone).toEqual(['a compute', 'b compute']);
  });

  it('does not wait for one that has left', () => {
    const [a, b] = gather('a', 'b') as [Room, Room];
    gathering.arm();
    a.to('ready');
    cohorts.leave(b);
    expect(gathering.progress()).toEqual({ part: 'compute', arming: 0, ready: 1 });
  });
});
