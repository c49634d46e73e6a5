import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openHall, shape } from '../probes/testing/probe-hall.js';
import { device } from '../probes/testing/probed-card.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

type Hall = Awaited<ReturnType<typeof openHall>>;
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const lease = `le_${'1'.repeat(32)}`;

async function connected(): Promise<Hall> {
  const hall = await openHall({ meanMs: 1e12, leaseMeanMs: 1e12 });
  hall.connect();
  await pass(0);
  return hall;
}

/** The card says to a probe that its table is gone. */
async function lose(hall: Hall): Promise<void> {
  hall.card.loseTable();
  const probed = hall.prober.probeNow(device, 0);
  await pass(60_000);
  await probed;
}

const built = (hall: Hall) => hall.facts.filter(({ kind }) => kind === 'table.built');

it('makes a ballast again while the memory is the tenant’s, with the same shape', async () => {
  const hall = await connected();
  const small = { ...shape, layers: 3 };
  const ballast = { card: 0, shape: small, purpose: 'ballast', lease, withinMs: 60_000 } as const;
  const ordered = hall.orders.order(device, [ballast]);
  await pass(2_000);
  await ordered;
  hall.world.lease = lease;
  await lose(hall);
  expect(built(hall)).toMatchObject([{ purpose: 'ballast' }, { purpose: 'ballast', shape: small, lease }]);
});

it('orders no whole table while there is a lease', async () => {
  const hall = await connected();
  hall.world.lease = lease;
  await lose(hall);
  expect(built(hall)).toEqual([]);
  expect(hall.residents.get(device, 0)).toBeUndefined();
});

it('makes a whole one where a ballast was lost and the lease is over', async () => {
  const hall = await connected();
  const ballast = {
    card: 0,
    shape: { ...shape, layers: 3 },
    purpose: 'ballast',
    lease,
    withinMs: 60_000,
  } as const;
  const ordered = hall.orders.order(device, [ballast]);
  await pass(2_000);
  await ordered;
  await lose(hall);
  expect(built(hall).at(-1)).toMatchObject({ purpose: 'whole', shape, lease: null });
});

it('waits longer after each try, and forgets it once the card has walked', async () => {
  const hall = await connected();
  await lose(hall);
  await lose(hall);
  // Within ten minutes of the first.
  expect(built(hall)).toHaveLength(1);
  await pass(10 * 60_000);
  const { orders, residents } = hall;
  expect(residents.get(device, 0)).toBeUndefined();
  const ordered = orders.order(device, [{ card: 0, shape, purpose: 'whole', lease: null, withinMs: 60_000 }]);
  await pass(2_000);
  await ordered;
  const walked = hall.prober.probeNow(device, 0);
  await pass(1_000);
  expect(await walked).toMatchObject({ outcome: 'passed' });
  await lose(hall);
  expect(built(hall)).toHaveLength(3);
});

it('is asked for the ballast of its lease also where it makes no other one: each time it stands there that it is gone', async () => {
  const hall = await connected();
  const ballast = { card: 0, shape, purpose: 'ballast', lease, withinMs: 60_000 } as const;
  const ordered = hall.orders.order(device, [ballast]);
  await pass(2_000);
  await ordered;
  hall.world.lease = lease;
  hall.card.lie = (message) => {
    if (message.type !== 'table.ready') return message;
    const { card, tableSeed } = message;
    return { type: 'table.decline', card, tableSeed, message: 'no room' };
  };
  for (let times = 1; times <= 6; times += 1) {
    await lose(hall);
    expect(hall.probes().filter(({ code }) => code === 'probe.no-table')).toHaveLength(times);
  }
  hall.world.lease = null;
  await lose(hall);
  await lose(hall);
  expect(hall.probes()).toHaveLength(7);
});
