import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AlarmRaisedFact } from '../../scoring/facts/access.js';
import { nobody } from '../../scoring/facts/base.js';
import type { Fact } from '../../scoring/facts/facts.js';
import { MemoryState } from '../state/memory.js';
import type { HotState } from '../state/state.js';
import { WriteAlarm, type WriteAttempt } from './write-alarm.js';

const minute = 60_000;
let now: number;
const clock = { now: () => 1_000_000 + now, monotonic: () => now };
const random = (length: number) => new Uint8Array(randomBytes(length));
const deviceOf = (index: number) => index.toString(16).padStart(64, 'a');
let state: Pick<HotState, 'putIfAbsent'>;
beforeEach(() => {
  now = 0;
  state = new MemoryState(clock);
});

function open(journal: 'there' | 'full' = 'there') {
  const recorded: Fact[] = [];
  const observed: AlarmRaisedFact[] = [];
  const alarm = new WriteAlarm({
    clock,
    random,
    state,
    record: async (facts) => {
      if (journal === 'full') throw new Error('full');
      recorded.push(...facts);
    },
    log: pino({ level: 'silent' }),
    observe: (fact) => observed.push(fact),
  });
  const rang = () => observed.map(({ alarm, subject }) => `${alarm} ${subject}`);
  return { alarm, recorded, observed, rang };
}

const attempt = (changed: Partial<WriteAttempt>): WriteAttempt => ({
  outcome: 'refused',
  device: null,
  by: null,
  address: 'a',
  ...changed,
});
const addressOf = (index: number) => `address ${index}`;

describe('the alarm of metadata writes', () => {
  it('names the token that was used on many devices, though all of it was refused', async () => {
    const { alarm, rang, recorded } = open();
    for (let i = 0; i < 40; i += 1)
      await alarm.count(attempt({ device: deviceOf(i), by: 'device/leaked', address: addressOf(i) }));
    expect(rang()).toEqual(['metadata.writes device/leaked']);
    expect(recorded).toMatchObject([
      { kind: 'alarm.raised', device: nobody, count: 31, threshold: 30, windowMs: 10 * minute },
    ]);
  });

  it('names the device that many write about, and who does it', async () => {
    const { alarm, observed } = open();
    for (let i = 0; i < 40; i += 1)
      await alarm.count(attempt({ device: deviceOf(1), address: addressOf(i) }));
    expect(observed).toMatchObject([
      { alarm: 'metadata.writes-on-device', device: deviceOf(1), subject: 'address/address 30' },
    ]);
  });

  it('names the address where no token was used', async () => {
    const { alarm, rang } = open();
    for (let i = 0; i < 300; i += 1) await alarm.count(attempt({ device: deviceOf(i) }));
    expect(rang()).toEqual(['metadata.writes address/a']);
  });

  it('hears many addresses that try one after another, in the whole fleet', async () => {
    const { alarm, rang } = open();
    for (let i = 0; i < 1_500; i += 1)
      await alarm.count(attempt({ device: deviceOf(i), address: addressOf(i) }));
    expect(rang()).toEqual(['metadata.writes fleet']);
  });

  it.each(['changed', 'refused'] as const)('counts what was %s', async (outcome) => {
    const { alarm, rang } = open();
    for (let i = 0; i < 40; i += 1) await alarm.count(attempt({ outcome, by: 'wallet/w' }));
    expect(rang()).toEqual(['metadata.writes wallet/w']);
  });

  it('is quiet while a fleet of thousands restarts with a new agent, and while a farm moves in', async () => {
    const { alarm, rang } = open();
    for (let i = 0; i < 10_000; i += 1)
      await alarm.count(attempt({ outcome: 'steady', device: deviceOf(i) }));
    for (let i = 0; i < 900; i += 1) await alarm.count(attempt({ outcome: 'enrolled', device: deviceOf(i) }));
    expect(rang()).toEqual([]);
  });

  it('forgets what was long ago: a device that is restarted now and then rings nothing', async () => {
    const { alarm, rang } = open();
    for (let i = 0; i < 500; i += 1) {
      await alarm.count(attempt({ outcome: 'changed', device: deviceOf(1) }));
      now += minute / 2;
    }
    expect(rang()).toEqual([]);
  });

  it('learns what is usual in a large fleet, and hears what is unusual there', async () => {
    const { alarm, rang } = open();
    const tenMinutesOf = async (count: number) => {
      for (let i = 0; i < count; i += 1)
        await alarm.count(attempt({ outcome: 'changed', device: deviceOf(i), address: addressOf(i) }));
      now += 10 * minute;
    };
    for (let window = 0; window < 400; window += 1) await tenMinutesOf(450);
    await tenMinutesOf(1_200);
    expect(rang()).toEqual([]);
    now += 10 * minute;
    await tenMinutesOf(3_000);
    expect(rang()).toEqual(['metadata.writes fleet']);
  });

  it('rings again where it gets many times louder: noise of before is no cover', async () => {
    const { alarm, observed } = open();
    const attack = async (count: number) => {
      for (let i = 0; i < count; i += 1)
        await alarm.count(attempt({ device: deviceOf(i), address: addressOf(i) }));
    };
    await attack(1_001);
    await attack(5_000);
    expect(observed.map(({ count }) => count)).toEqual([1_001]);
    await attack(5_000);
    expect(observed.map(({ count }) => count)).toEqual([1_001, 10_010]);
  });

  it('rings once an hour for one subject, at one of several verifiers', async () => {
    const [here, there] = [open(), open()];
    const attack = async () => {
      for (const { alarm } of [here, there])
        for (let i = 0; i < 50; i += 1) await alarm.count(attempt({ by: 'wallet/w', address: addressOf(i) }));
    };
    await attack();
    expect([here.rang().length, there.rang().length]).toEqual([1, 0]);
    now += 30 * minute;
    await attack();
    expect([here.rang().length, there.rang().length]).toEqual([1, 0]);
    now += 31 * minute;
    await attack();
    expect([here.rang().length, there.rang().length]).toEqual([2, 0]);
  });

  it('rings where the hot state is away, and where nothing can be recorded', async () => {
    state = { putIfAbsent: () => Promise.reject(new Error('away')) };
    const { alarm, rang } = open('full');
    for (let i = 0; i < 40; i += 1) await alarm.count(attempt({ by: 'wallet/w' }));
    expect(rang()).toEqual(['metadata.writes wallet/w']);
  });
});
