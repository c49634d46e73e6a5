import { describe, expect, it } from 'vitest';
import { Expiring } from './expiring.js';
import { MemoryState } from './memory.js';

const clock = { at: 0, now: () => clock.at, monotonic: () => clock.at };

describe('memory that is full', () => {
  it('lets a flood of nonces push out nonces, and no session', async () => {
    const state = new MemoryState(clock, 100);
    await state.put('session/honest', 'device', 24 * 3600_000);
    for (let at = 0; at < 90; at++) await state.put(`nonce/early ${at}`, '1', 120_000);
    await state.put('nonce/honest', '1', 120_000);
    // Whoever signs at once is not disturbed: the oldest go first.
    for (let at = 0; at < 99; at++) await state.put(`nonce/flood ${at}`, '1', 120_000);
    expect(await state.take('nonce/honest')).toBe('1');
    for (let at = 0; at < 1000; at++) await state.put(`nonce/more ${at}`, '1', 120_000);
    expect(await state.get('session/honest')).toBe('device');
    expect(await state.get('nonce/early 0')).toBeNull();
  });

  it('keeps what was put anew: it is no longer the oldest', async () => {
    const state = new MemoryState(clock, 3);
    for (const key of ['a', 'b', 'c', 'a', 'd']) await state.put(`kind/${key}`, key, 1000);
    expect(await state.get('kind/a')).toBe('a');
    expect(await state.get('kind/b')).toBeNull();
  });
});

it('drops what is over as new things come, however long a few of them live', () => {
  const entries = new Expiring<string>(1_000_000);
  for (let at = 0; at < 100; at++) entries.set(`long ${at}`, 'x', 1e9, 0);
  let most = 0;
  for (let now = 0; now < 50_000; now++) {
    entries.set(`short ${now}`, 'x', 100, now);
    most = Math.max(most, entries.size);
  }
  // Those that live, and not many more that nobody has looked at yet.
  expect(most).toBeLessThan(1000);
  expect(entries.get('long 0', 50_000)).toBe('x');
});
