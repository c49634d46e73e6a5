import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Adoption } from './adoption.js';
import { LeaseBook } from './book.js';
import { openHall } from './testing/lease-hall.js';

const minute = 60_000;
const hour = 60 * minute;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const inOneHour = () => new Date(Date.now() + hour).toISOString();

describe('a lease whose device goes to another verifier', () => {
  it('is handed over and ends there in time, each once', async () => {
    const hall = openHall();
    await hall.leases.open('market', { device: hall.device, reference: 'job', endsAt: inOneHour() });
    await hall.pass(30_000);
    const first = await hall.moveOn();
    await hall.pass(30 * minute);
    expect(hall.states()).toEqual(['handing-over', 'active']);
    const second = await hall.moveOn();
    await hall.pass(2 * hour);
    expect(hall.states()).toEqual(['handing-over', 'active', 'returning', 'ended']);
    // Those that it left did nothing more, and know what they are told, or read where they may have missed it.
    expect([first, second].map((leases) => leases.of(hall.device)?.state)).toEqual([
      'handing-over',
      'active',
    ]);
    for (const move of hall.moves()) first.follow(move);
    await second.reload();
    expect([first, second].map((leases) => leases.of(hall.device))).toEqual([null, null]);
    await hall.pass(2 * hour);
    expect(hall.moves()).toHaveLength(4);
  });

  it('goes on from what a dead verifier recorded, though that is known only after the device came', async () => {
    const hall = openHall();
    const { lease } = await hall.leases.open('market', { device: hall.device, reference: 'job' });
    await hall.pass(30 * minute);
    const active = hall.moves().at(-1);
    if (active === undefined) throw new Error('no lease');
    hall.leases.follow({
      ...active,
      id: `fa_${'7'.repeat(32)}`,
      at: Date.now(),
      from: 'active',
      to: 'returning',
    });
    expect((await hall.leases.get(lease.id)).state).toBe('returning');
    await hall.pass(hour);
    expect(hall.states().at(-1)).toBe('ended');
  });
});

it('the book comes to the same, in whatever order facts come', async () => {
  const hall = openHall();
  await hall.leases.open('market', { device: hall.device, reference: 'job', endsAt: inOneHour() });
  await hall.pass(3 * hour);
  const moves = hall.moves();
  expect(moves).toHaveLength(4);
  const none = { open: async () => [], history: async () => [], ofReference: async () => [] };
  fc.assert(
    fc.property(fc.shuffledSubarray([...moves, ...moves], { minLength: 8 }), (order) => {
      const book = new LeaseBook(none);
      const states = order.map((fact) => book.apply(fact).state);
      expect(states.at(-1)).toBe('ended');
      expect(book.of(hall.device)).toBeNull();
    }),
  );
});

describe('a leased device that nobody works for', () => {
  it('is given a home by whoever looks, again and again until it has one', async () => {
    const here = new Set<string>();
    let away = true;
    const takeIfFree = vi.fn(async (device: string) => {
      if (away) throw new Error('no hot state');
      here.add(device);
      return true;
    });
    const adoption = new Adoption({
      homes: { takeIfFree },
      elsewhere: () => ['one', 'two'].filter((device) => !here.has(device)),
      uniform: () => 0.5,
      log: { error: () => {} },
    });
    await adoption.start();
    expect(takeIfFree).toHaveBeenCalledTimes(1);
    away = false;
    await vi.advanceTimersByTimeAsync(30_000);
    expect([...here]).toEqual(['one', 'two']);
    expect(takeIfFree).toHaveBeenCalledTimes(3);
    adoption.close();
  });
});
