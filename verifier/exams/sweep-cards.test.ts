import { describe, expect, it } from 'vitest';
import type { SweepKind } from '../../protocol/messages/sweep.js';
import { givenClass } from '../../scoring/catalogue/given.js';
import { deviceId, enrolled, exam, transition } from '../../scoring/testing/facts.js';
import { Devices } from '../devices/devices.js';
import { sweepCards } from './sweep-cards.js';

const device = deviceId('swept');
const now = Date.UTC(2026, 0, 2);

async function hall(
  status: 'verified' | 'suspended' | 'examining' = 'verified',
  costsMs: readonly number[] = [],
) {
  const exams = costsMs.map((elapsedMs, i) => exam(device, now - 1000 - i, { elapsedMs }));
  const devices = new Devices([], {
    outcomes: async () => [],
    exams: async () => [],
    network: async () => null,
  });
  const before = enrolled(device, 0);
  const [claim] = before.cards;
  if (claim === undefined) throw new Error('no card');
  const cards = [claim, claim, { ...claim, engine: null }];
  await devices.apply([{ ...before, cards }, transition(device, 1, 'enrolled', status), ...exams]);
  const at = { leased: false, paused: false };
  const catalogue = { classes: [givenClass('cpu', 'cpu', { gflops: 1 })] };
  const parts = {
    clock: { now: () => now },
    catalogue,
    devices,
    isLeased: () => at.leased,
    isPaused: () => at.paused,
  };
  return { devices, at, cards: (kind: SweepKind) => sweepCards(parts, device, kind) };
}

describe('a device that may be swept', () => {
  it('is asked on all cards that an engine can examine', async () => {
    expect((await hall()).cards('random')).toBe(2);
  });

  it('is verified, or suspended where something speaks against it', async () => {
    const suspended = await hall('suspended');
    expect([suspended.cards('fleet'), suspended.cards('suspects')]).toEqual([0, 2]);
    const examining = await hall('examining');
    expect([examining.cards('fleet'), examining.cards('suspects')]).toEqual([0, 0]);
  });

  it('is neither leased nor paused, whatever speaks against it', async () => {
    const { at, cards } = await hall();
    at.leased = true;
    expect(cards('suspects')).toBe(0);
    at.leased = false;
    at.paused = true;
    expect(cards('suspects')).toBe(0);
  });

  it('has room in its load budget, unless something speaks against it', async () => {
    const tired = await hall('verified', [300_000, 300_000]);
    expect([tired.cards('random'), tired.cards('fleet'), tired.cards('suspects')]).toEqual([0, 0, 2]);
    expect((await hall('verified', [200_000, 200_000])).cards('random')).toBe(2);
  });

  it('is not asked before it is known what it has done, and is from then on', async () => {
    const { devices, cards } = await hall();
    devices.forget(device);
    expect(cards('random')).toBe(0);
    await devices.history(device);
    expect(cards('random')).toBe(2);
  });
});
