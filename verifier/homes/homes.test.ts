import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../protocol/clock.js';
import { MemoryState } from '../state/memory.js';
import { FleetMember, quickTimes } from './testing/homes-hall.js';
import type { HomeTimes } from './times.js';

const device = (digit: string): string => digit.repeat(64);
const [a, b] = [device('a'), device('b')];

let shared: MemoryState;
let members: FleetMember[];
beforeEach(() => {
  shared = new MemoryState(systemClock);
  members = [];
});
afterEach(async () => {
  for (const member of members) await member.close();
});

async function join(secret?: number, times?: HomeTimes): Promise<FleetMember> {
  const member = await FleetMember.join(shared, secret, times);
  members.push(member);
  return member;
}

describe('the home of a device', () => {
  it('is the verifier that it connected to, known to all', async () => {
    const [one, two] = [await join(), await join()];
    expect(await one.homes.homeOf(a)).toBe('nowhere');
    await one.connect(a);
    expect(one.homes.isHere(a)).toBe(true);
    expect(two.homes.isHere(a)).toBe(false);
    expect(await two.homes.homeOf(a)).toEqual({ verifier: one.homes.self, url: `http://${one.homes.self}` });
    expect((await two.homes.members()).map(({ verifier }) => verifier).sort()).toEqual(
      [one.homes.self, two.homes.self].sort(),
    );
  });

  it('moves to where the device turns: its old line is closed, all work has left before any arrives', async () => {
    const [one, two] = [await join(), await join()];
    await one.connect(a);
    let arrivedWhenLeft: boolean | null = null;
    one.onLeave = async () => {
      arrivedWhenLeft = two.told.includes(`arrive ${a}`);
      expect(one.homes.isHere(a)).toBe(true);
    };
    await two.connect(a);
    expect(one.told).toEqual([`arrive ${a}`, `connected ${a}`, `disconnected ${a}`, `leave ${a}`]);
    expect(one.closed).toEqual([`${a} session.superseded`]);
    expect(arrivedWhenLeft).toBe(false);
    expect([one.homes.isHere(a), two.homes.isHere(a)]).toEqual([false, true]);
    expect(two.told).toEqual([`arrive ${a}`, `connected ${a}`]);
  });

  it('is one and the same verifier however many take the device at once', async () => {
    const all = [await join(), await join(), await join()];
    for (let round = 0; round < 4; round += 1) {
      await Promise.all(all.map((member) => member.homes.take(a)));
      expect(all.filter((member) => member.homes.isHere(a))).toHaveLength(1);
    }
  });

  it('is not pulled away by one that only looks after devices without a home', async () => {
    const [one, two] = [await join(), await join()];
    await one.connect(a);
    expect(await two.homes.takeIfFree(a)).toBe(false);
    expect(one.homes.admits(a)).toBe(true);
    expect(await two.homes.takeIfFree(b)).toBe(true);
  });

  it('hands a device over whose work fails, or does not end', async () => {
    const [one, two] = [await join(), await join()];
    await one.connect(a);
    one.onLeave = async () => {
      throw new Error('broken');
    };
    await two.connect(a);
    expect(two.homes.isHere(a)).toBe(true);
  });

  it('has work that does not end in time end as ours, and comes back only when nothing of it is left', async () => {
    const times = { ...quickTimes, leaveMs: 50, askMs: 1_000 };
    const [one, two] = [await join(1, times), await join(1, times)];
    await one.connect(a);
    let end = () => {};
    one.onLeave = () =>
      new Promise((resolve) => {
        end = resolve;
      });
    await two.connect(a);
    expect(one.told.slice(-1)).toEqual([`lapse ${a}`]);
    expect([one.homes.isHere(a), two.homes.isHere(a)]).toEqual([false, true]);
    await expect(one.homes.take(a)).rejects.toMatchObject({ code: 'session.moving' });
    await expect(one.homes.takeIfFree(a)).rejects.toMatchObject({ code: 'session.moving' });
    end();
    await expect
      .poll(() =>
        one.homes
          .take(a)
          .then(() => true)
          .catch(() => false),
      )
      .toBe(true);
  });

  it('goes over by force when its verifier is dead, within its time, and the dead one acts no more', async () => {
    const [one, two] = [await join(), await join()];
    await one.connect(a);
    one.kill();
    await two.connect(a);
    expect(two.homes.isHere(a)).toBe(true);
    expect(one.homes.isHere(a)).toBe(false);
    expect(two.told).toEqual([`arrive ${a}`, `connected ${a}`]);
    await expect.poll(() => one.told).toContain(`lapse ${a}`);
  });

  it('is taken up again on its living line when its verifier is back in time, without a new connection', async () => {
    const one = await join();
    await one.connect(a);
    await one.connect(b);
    one.disconnect(b);
    one.way.cut = true;
    await expect.poll(() => one.told).toContain(`lapse ${b}`);
    await expect(one.homes.take(a)).rejects.toMatchObject({ code: 'service.busy' });
    one.told.splice(0);
    one.way.cut = false;
    await expect.poll(() => one.told).toEqual([`arrive ${a}`, `connected ${a}`]);
    expect([one.homes.isHere(a), one.homes.isHere(b)]).toEqual([true, false]);
    expect(one.closed).toEqual([]);
  });

  it('is not taken up again by one that comes back late: the device has turned to another', async () => {
    const [one, two] = [await join(), await join()];
    await one.connect(a);
    one.way.cut = true;
    await two.connect(a);
    one.way.cut = false;
    await expect.poll(() => one.closed).toEqual([`${a} session.ended`]);
    expect([one.homes.isHere(a), two.homes.isHere(a)]).toEqual([false, true]);
  });

  it('is handed over when its verifier closes, and the device is told since when it had none', async () => {
    const [one, two] = [await join(), await join()];
    await one.connect(a);
    await one.connect(b);
    one.disconnect(b);
    await one.homes.leave();
    expect(one.told.filter((told) => told.startsWith('leave')).sort()).toEqual([`leave ${a}`, `leave ${b}`]);
    expect(await two.homes.homeOf(a)).toBe('nowhere');
    await expect(one.homes.take(a)).rejects.toMatchObject({ code: 'session.moving' });
    await two.homes.take(a);
    await two.homes.take(b);
    expect(two.homes.lineUp(a)).toBeTypeOf('number');
    expect(two.homes.lineUp(a)).toBeNull();
    // Its line was lost before, by nobody's doing but its own.
    expect(two.homes.lineUp(b)).toBeNull();
  });

  it('tells a device of a dead verifier since when it had none, unless it had no line there', async () => {
    const [one, two] = [await join(), await join()];
    await one.connect(a);
    await one.connect(b);
    one.disconnect(b);
    one.kill();
    await two.homes.take(a);
    await two.homes.take(b);
    expect(two.homes.lineUp(a)).toBeTypeOf('number');
    expect(two.homes.lineUp(b)).toBeNull();
  });

  it('refuses a fleet of two secrets', async () => {
    await join(1);
    await expect(join(2)).rejects.toMatchObject({ code: 'verifier.secrets-differ' });
  });
});

describe('facts that another verifier recorded', () => {
  it('are known where a device arrives, all that were acknowledged before', async () => {
    const [one, two] = [await join(), await join()];
    await one.connect(a);
    const facts = [];
    for (let i = 0; i < 30; i += 1) facts.push(await one.record(a));
    one.kill();
    await two.homes.take(a);
    expect(two.applied).toEqual(facts.map(({ id }) => id));
  });

  it('stand by until ClickHouse has them, and are taken over from the dead', async () => {
    const [one, two] = [await join(), await join()];
    one.shipped = 1;
    await one.record(a);
    const second = await one.record(a);
    await expect.poll(() => two.homes.unshipped(a).map(({ id }) => id)).toEqual([second.id]);
    one.kill();
    await expect.poll(() => two.journal.map(({ id }) => id)).toEqual([second.id]);
    // In ClickHouse by the heir now.
    await expect.poll(() => two.homes.unshipped(a)).toEqual([]);
  });

  it('are taken over by one heir only', async () => {
    const all = [await join(), await join(), await join()];
    const [dead, ...heirs] = all as [FleetMember, FleetMember, FleetMember];
    dead.shipped = 0;
    const fact = await dead.record(a);
    dead.kill();
    const inherited = () => heirs.flatMap(({ journal }) => journal.map(({ id }) => id));
    await expect.poll(inherited).toEqual([fact.id]);
    await expect.poll(() => heirs.flatMap(({ homes }) => homes.unshipped(a))).toEqual([]);
    expect(inherited()).toEqual([fact.id]);
  });

  it('are told later where the hot state was away, in their order', async () => {
    const [one, two] = [await join(), await join()];
    one.way.cut = true;
    const facts = [await one.record(a), await one.record(a)];
    one.way.cut = false;
    facts.push(await one.record(a));
    await expect.poll(() => two.applied).toEqual(facts.map(({ id }) => id));
    expect(two.reloads).toBe(0);
  });
});
