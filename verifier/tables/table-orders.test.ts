import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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
const ballast = { card: 0, shape, purpose: 'ballast', lease, withinMs: 60_000 } as const;

async function connected(): Promise<Hall> {
  const hall = await openHall({ meanMs: 1e12 });
  hall.connect();
  await pass(0);
  return hall;
}

describe('an ordered table', () => {
  it('is on record before it counts, with the time that it took', async () => {
    const hall = await connected();
    const ordered = hall.orders.order(device, [ballast]);
    await pass(0);
    expect(hall.orders.busy(device)).toBe(true);
    // What was there is given up for it.
    expect(hall.residents.get(device, 0)).toBeUndefined();
    await pass(2_000);
    const made = (await ordered).get(0);
    expect(made).toMatchObject({ card: 0, purpose: 'ballast', engine: 'reference', bandwidthGBps: 0.00025 });
    expect(hall.facts).toMatchObject([
      { kind: 'table.built', lease, purpose: 'ballast', buildMs: 1_020, tableSeed: made?.tableSeed },
    ]);
    expect(hall.residents.get(device, 0)).toEqual(made);
    expect(hall.orders.busy(device)).toBe(false);
  });

  it('has a seed of its own each time', async () => {
    const hall = await connected();
    for (let i = 0; i < 2; i += 1) {
      const ordered = hall.orders.order(device, [ballast]);
      await pass(2_000);
      await ordered;
    }
    const seeds = hall.facts.map((fact) => (fact.kind === 'table.built' ? fact.tableSeed : ''));
    expect(new Set([...seeds, hall.tableSeed]).size).toBe(3);
  });

  it('is none when it is declined, too late, or the line breaks; and none when an exam began', async () => {
    const hall = await connected();
    const ways: (() => Promise<void> | void)[] = [
      () => {
        hall.card.lie = (message) => ({
          ...message,
          type: 'table.decline',
          engine: undefined,
          message: 'full',
        });
      },
      () => {
        hall.card.lie = () => null;
      },
      () => pass(100).then(() => hall.cut()),
      () => pass(100).then(() => hall.orders.cancel(device)),
    ];
    for (const way of ways) {
      if (hall.line.up === false) hall.connect();
      const ordered = hall.orders.order(device, [ballast]);
      await way();
      await pass(61_000);
      expect((await ordered).get(0)).toBeNull();
      expect(hall.orders.busy(device)).toBe(false);
    }
    expect(hall.facts).toEqual([]);
    expect(hall.card.received.filter(({ type }) => type === 'table.drop')).toHaveLength(1);
  });

  it('is none while the device is away, and the card keeps what it has', async () => {
    const hall = await connected();
    hall.cut();
    expect((await hall.orders.order(device, [ballast])).get(0)).toBeNull();
    expect(hall.residents.get(device, 0)).toBeDefined();
  });

  it('is dropped again where the journal takes nothing', async () => {
    const hall = await connected();
    hall.journal.full = true;
    const ordered = hall.orders.order(device, [ballast]);
    await pass(2_000);
    expect((await ordered).get(0)).toBeNull();
    expect(hall.residents.get(device, 0)).toBeUndefined();
    expect(hall.card.received.at(-1)).toMatchObject({ type: 'table.drop' });
  });

  it('gives way to a newer order for the same card', async () => {
    const hall = await connected();
    const older = hall.orders.order(device, [ballast]);
    await pass(100);
    const newer = hall.orders.order(device, [{ ...ballast, purpose: 'whole', lease: null }]);
    await pass(2_500);
    expect((await older).get(0)).toBeNull();
    expect((await newer).get(0)).toMatchObject({ purpose: 'whole' });
  });
});

describe('a word about a table', () => {
  it('that was not ordered, is of another seed, or comes twice is refused', async () => {
    const hall = await connected();
    const ready = { type: 'table.ready', card: 0, tableSeed: '00'.repeat(32), engine: 'reference' };
    expect(hall.receive(ready)).toBe('table.not-ordered');
    const ordered = hall.orders.order(device, [ballast]);
    await pass(100);
    expect(hall.receive(ready)).toBe('table.not-ordered');
    const build = hall.card.received.findLast(({ type }) => type === 'table.build');
    const tableSeed = build?.type === 'table.build' ? build.tableSeed : '';
    expect(hall.receive({ ...ready, tableSeed, engine: 'cpu' })).toBe('exam.wrong-engine');
    expect(hall.receive({ ...ready, tableSeed })).toBeNull();
    expect(hall.receive({ ...ready, tableSeed })).toBe('table.not-ordered');
    await pass(0);
    expect((await ordered).get(0)).toMatchObject({ tableSeed });
  });
});

it('ends all orders when we close', async () => {
  const hall = await connected();
  const ordered = hall.orders.order(device, [ballast]);
  await pass(100);
  hall.orders.close();
  expect((await ordered).get(0)).toBeNull();
  expect((await hall.orders.order(device, [ballast])).get(0)).toBeNull();
});
