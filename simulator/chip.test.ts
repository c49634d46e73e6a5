import { describe, expect, it } from 'vitest';
import { SimulatedChip } from './chip.js';
import { VirtualClock } from './testing/virtual-clock.js';

const budget = { opsPerSecond: 1000, tableOpsPerSecond: 4000, bytesPerSecond: 500, memoryBytes: 100 };
const ops = (operations: number) => ({ operations });

describe('a simulated chip', () => {
  it('is done when its speed allows, and not before', async () => {
    const clock = new VirtualClock();
    const done = new SimulatedChip(budget, clock)
      .tenant()
      .spend(ops(500))
      .then(() => clock.monotonic());
    await clock.runOut();
    expect(await done).toBeCloseTo(500);
  });

  it('takes the time of the longest of what runs at once, and the sum of what follows one another', async () => {
    const clock = new VirtualClock();
    const tenant = new SimulatedChip(budget, clock).tenant();
    const ends = Promise.all(
      [{ bytes: 100 }, { tableOperations: 400 }, { tableOperations: 400, bytes: 100 }].map((work) =>
        tenant.spend(work).then(() => clock.now()),
      ),
    );
    await clock.runOut();
    expect(await ends).toEqual([200, 300, 500]);
  });

  it('makes four tenants with several rounds each take four times as long as one', async () => {
    const clock = new VirtualClock();
    const chip = new SimulatedChip(budget, clock);
    const exam = async () => {
      const tenant = chip.tenant();
      for (let round = 0; round < 3; round++) await tenant.spend(ops(100));
      return clock.monotonic();
    };
    const ends = Promise.all([exam(), exam(), exam(), exam()]);
    await clock.runOut();
    for (const end of await ends) expect(end).toBeCloseTo(1200);
  });

  it('runs the jobs of one tenant one after another', async () => {
    const clock = new VirtualClock();
    const tenant = new SimulatedChip(budget, clock).tenant();
    const ends = Promise.all(
      [tenant.spend(ops(100)), tenant.spend(ops(100))].map((job) => job.then(() => clock.now())),
    );
    await clock.runOut();
    expect(await ends).toEqual([100, 200]);
  });

  it('takes as long as its speed allows, though the simulation is late to ask, and never less', async () => {
    const clock = new VirtualClock();
    const tenant = new SimulatedChip(budget, clock).tenant();
    tenant.start();
    const done = (async () => {
      for (let round = 0; round < 3; round++) {
        await new Promise<void>((resolve) => void clock.alarm(30, resolve));
        await tenant.spend(ops(100));
      }
      return clock.monotonic();
    })();
    await clock.runOut();
    expect(await done).toBeCloseTo(300);
  });

  it('has no more memory than it has', () => {
    const chip = new SimulatedChip(budget, new VirtualClock());
    const [first, second] = [chip.tenant(), chip.tenant()];
    first.hold(60);
    expect(() => second.hold(60)).toThrowError(expect.objectContaining({ code: 'engine.out-of-memory' }));
    first.hold(40);
    second.hold(60);
    first.close();
    second.hold(100);
  });
});
