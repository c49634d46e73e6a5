import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { firstBase, keyOf } from '../../challenges/timelock/chain.js';
import { knownTrapdoor } from '../../challenges/timelock/testing/known.js';
import { fromHex, toBase64, toHex } from '../../protocol/bytes.js';
import type { OfflineMessage, OfflineTrial } from '../../protocol/messages/offline.js';
import { device, minute, TestService } from './testing/service.js';

let service: TestService;
beforeEach(() => {
  vi.useFakeTimers({ now: 1_760_000_000_000 });
  service = new TestService();
});
afterEach(() => {
  service.desk.close();
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** An exam is over, and how fast the device squares is asked. */
async function asked(): Promise<OfflineTrial> {
  service.desk.examined(device);
  await service.settle();
  const trial = service.told('offline.trial').at(-1);
  if (trial === undefined) throw new Error('nothing was asked');
  return trial;
}

function solved({ seed, squarings }: OfflineTrial): OfflineMessage {
  const key = toHex(keyOf(knownTrapdoor.power(squarings)(firstBase(fromHex(seed)))));
  return { type: 'offline.solved', seed, key };
}

describe('a trial', () => {
  it('is timed by us, less the line, and the next one takes a second of that rate', async () => {
    await service.connect();
    const trial = await asked();
    expect(trial).toMatchObject({ squarings: 500_000, modulus: toBase64(knownTrapdoor.modulus) });
    await pass(520);
    expect(service.say(solved(trial))).toBeNull();
    await service.settle();
    expect(service.record.measured).toMatchObject([
      { squarings: 500_000, elapsedMs: 520, roundTripMs: 20, squaringsPerSecond: 1_000_000 },
    ]);
    expect((await asked()).squarings).toBe(1_000_000);
  });

  it('makes the first chain possible', async () => {
    await service.addCard(0);
    await service.connect();
    const [trial] = service.told('offline.trial');
    if (trial) {
      await pass(500);
      service.say(solved(trial));
    }
    await pass(minute);
    expect(service.chain().squarings).toBeGreaterThan(60_000_000);
  });

  it('measures nothing by another key, another seed, an answer twice or too late', async () => {
    await service.connect();
    const wrong = await asked();
    await pass(500);
    expect(service.say({ ...solved(wrong), key: '00'.repeat(32) } as OfflineMessage)).toBeNull();
    expect(service.say(solved(wrong))).toBe('offline.not-asked');
    const old = await asked();
    const trial = await asked();
    expect(service.say(solved(old))).toBe('offline.not-asked');
    expect(service.say(solved({ ...trial, seed: '5e'.repeat(32) }))).toBe('offline.not-asked');
    await pass(30_001);
    expect(service.say(solved(trial))).toBe('offline.not-asked');
    await service.settle();
    expect(service.record.measured).toEqual([]);
  });

  it('is over with its line', async () => {
    await service.connect();
    const trial = await asked();
    service.disconnect();
    await service.connect();
    expect(service.say(solved(trial))).toBe('offline.not-asked');
  });

  it('by which a device shows less than it can does not lower what it showed before', async () => {
    await service.connect();
    for (const ms of [250, 25_000, 5_000]) {
      const trial = await asked();
      await pass(ms);
      service.say(solved(trial));
      await service.settle();
    }
    expect(service.record.measured).toHaveLength(3);
    expect((await asked()).squarings).toBeGreaterThan(2_000_000);
  });

  it('that shows less than any machine of today makes a chain of the floor', async () => {
    await service.addCard(0);
    service.knowRate(1_000);
    await service.connect();
    expect(service.chain().squarings).toBe(60 * 250_000);
  });
});
