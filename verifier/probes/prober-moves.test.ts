import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../protocol/clock.js';
import type { ProbeFact } from '../../scoring/facts/timelock.js';
import { MemoryState } from '../state/memory.js';
import { openHall } from './testing/probe-hall.js';
import { device } from './testing/probed-card.js';

const minute = 60_000;
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

type Hall = Awaited<ReturnType<typeof openHall>>;

let state: MemoryState;

beforeEach(() => {
  // Early in an hour: a transcript is one of an hour.
  vi.useFakeTimers({ now: 1_000 * 3600_000 });
  state = new MemoryState(systemClock);
});
afterEach(() => {
  vi.useRealTimers();
});

/** A verifier that knows what is on record, with the device at home. */
async function arrived(recorded: readonly ProbeFact[] = []): Promise<Hall> {
  const hall = await openHall({ recorded, state, meanMs: 1e9 });
  await hall.arrive();
  return hall;
}

async function probe(hall: Hall): Promise<ProbeFact | null> {
  const probed = hall.prober.probeNow(device, 0);
  await pass(5 * minute);
  return probed;
}

async function leave(hall: Hall): Promise<void> {
  const left = hall.leave();
  await pass(minute);
  await left;
}

const placesOf = (facts: readonly ProbeFact[]) => facts.map(({ index, code }) => `${index} ${code}`);

describe('a card whose device goes to another verifier', () => {
  it('goes on in its transcript, also where the record lags behind', async () => {
    const first = await arrived();
    await probe(first);
    await probe(first);
    await leave(first);
    // Not a line of it is in the record yet.
    const second = await arrived();
    expect(await probe(second)).toMatchObject({ index: 3, outcome: 'passed' });
  });

  it('has the probe that it leaves on record as unanswered, and is never asked the same again', async () => {
    const first = await arrived();
    const probed = first.prober.probeNow(device, 0);
    await pass(5);
    await leave(first);
    expect(await probed).toMatchObject({ index: 1, code: 'probe.unanswered' });
    const second = await arrived();
    const next = await probe(second);
    expect(next).toMatchObject({ index: 2 });
    expect(next?.seed).not.toBe((await probed)?.seed);
  });

  it('is examined after three failures in a row, wherever they were', async () => {
    let recorded: readonly ProbeFact[] = [];
    const asked: string[] = [];
    for (let at = 0; at < 3; at += 1) {
      expect(asked).toEqual([]);
      const hall = await arrived(recorded);
      hall.card.lie = () => null;
      expect(await probe(hall)).toMatchObject({ outcome: 'failed', index: at + 1 });
      recorded = hall.probes();
      asked.push(...hall.soon);
      await leave(hall);
    }
    expect(asked).toEqual([device]);
  });
});

describe('a probe whose verifier dies', () => {
  it('is ours on record at its next home, and its seed is used up', async () => {
    const first = await arrived();
    void first.prober.probeNow(device, 0);
    await pass(5);
    expect(first.ordered).toHaveLength(1);
    const second = await arrived();
    expect(placesOf(second.probes())).toEqual(['1 probe.ours']);
    expect(second.probes()[0]?.probe).toBe(first.ordered[0]);
    expect(await probe(second)).toMatchObject({ index: 2, outcome: 'passed' });
  });

  it('is what it was, once, where its verifier had come as far as its journal', async () => {
    const first = await arrived();
    first.card.lie = () => null;
    first.journal.full = true;
    void first.prober.probeNow(device, 0);
    await pass(5 * minute);
    expect(first.probes()).toEqual([]);
    // It died while it wrote; what it wrote, or not, is this.
    const second = await arrived();
    const [fact] = second.probes();
    expect(fact).toMatchObject({ index: 1, outcome: 'failed', code: 'probe.missed' });
    first.journal.full = false;
    await pass(minute);
    expect(first.probes()).toEqual([fact]);
    expect(await probe(second)).toMatchObject({ index: 2 });
  });
});
