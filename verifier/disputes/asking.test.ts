import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryState } from '../state/memory.js';
import { Asking } from './asking.js';
import { type Claim, type Judgement, smallSweep, type Trial } from './dispute.js';

const hour = 3600_000;
const times = { scanMs: 60_000, trialMs: hour, againMs: 24 * hour, lapseMs: 7 * 24 * hour };
const claim = (device: string, since: number): Claim => ({
  device,
  card: 0,
  since,
  shownAt: since,
  clearedAt: null,
  standing: true,
  present: true,
  wallet: null,
});
const open = (...held: string[]): Judgement => ({
  state: 'open',
  keeper: null,
  held,
  losers: [],
  reasons: ['dispute.open'],
});
const distinct: Judgement = { ...open(), state: 'distinct', keeper: 'first' };
const trial = (at: number, ...devices: string[]): Trial => ({
  sweep: `sw ${at}`,
  at,
  devices: devices.length,
  answers: devices.map((device) => ({ device, went: true, passed: false })),
});

let now: number;
let uniform: number;
let asked: (readonly string[])[];
let asking: Asking;
beforeEach(() => {
  now = 0;
  uniform = 0.5;
  asked = [];
  asking = new Asking({
    state: new MemoryState({ now: () => now, monotonic: () => now }),
    uniform: () => uniform,
    times,
    suspects: async (devices) => {
      asked.push(devices);
      return 'sw';
    },
  });
});
const ready = async (...devices: string[]) => {
  for (const device of devices) await asking.say(device, 'ready');
};

const two = [claim('first', 1), claim('later', 2)];

describe('a joint exam', () => {
  it('is asked for once in so long, and less and less often where it settles nothing', async () => {
    const at: number[] = [];
    const trials: Trial[] = [];
    for (now = 0; now < 60 * hour; now += 60_000) {
      await ready('first', 'later');
      if ((await asking.ask('di', two, trials, open('later'), 60_000)) === null) continue;
      at.push(now);
      trials.push(trial(now, 'first', 'later'));
    }
    const gaps = at.slice(1).map((one, i) => (one - (at[i] ?? 0)) / hour);
    expect(gaps.slice(0, 6).every((gap) => gap >= 1 && gap < 1.1)).toBe(true);
    expect(gaps.at(-1)).toBeGreaterThan(8);
    expect(gaps.length).toBeLessThan(14);
  });

  it('keeps nobody busier for being in several disputes', async () => {
    await ready('first', 'later', 'another');
    expect(await asking.ask('one', two, [], open('later'), 0)).toBe('sw');
    expect(
      await asking.ask('other', [claim('first', 1), claim('another', 2)], [], open('another'), 0),
    ).toBeNull();
  });

  it('waits for who is away or could not be examined now', async () => {
    await ready('later');
    expect(await asking.ask('di', two, [], open('later'), 0)).toBeNull();
    await asking.say('first', 'here');
    expect(await asking.ask('di', two, [], open('later'), 0)).toBeNull();
    await ready('first');
    // Who has said nothing for long is not there any more.
    now += 4 * times.scanMs;
    expect(await asking.ask('di', two, [], open('later'), 0)).toBeNull();
  });

  it('of a swarm is one of few, so that nobody is left behind in a crowd; those asked longest ago come first', async () => {
    const swarm = Array.from({ length: 30 }, (_, i) => `thief ${i}`);
    const claims = [claim('first', 1), ...swarm.map((device, i) => claim(device, 2 + i))];
    const trials: Trial[] = [];
    for (now = hour; trials.length < 4; now += 2 * hour) {
      await ready('first', ...swarm);
      await asking.ask('di', claims, trials, open(...swarm), 0);
      trials.push(trial(now, ...(asked.at(-1) ?? [])));
    }
    expect(asked.every((devices) => devices.length <= smallSweep && devices[0] === 'first')).toBe(true);
    expect(new Set(asked.flat()).size).toBe(31);
  });

  it('of those who were shown to be distinct comes at random times', async () => {
    await ready('first', 'later');
    expect(await asking.ask('di', two, [], distinct, 60_000)).toBeNull();
    uniform = 60_000 / times.againMs - 1e-9;
    expect(await asking.ask('di', two, [], distinct, 60_000)).toBe('sw');
  });

  it('asks nobody who has lost', async () => {
    await ready('first', 'later');
    expect(await asking.ask('di', two, [], { ...open(), losers: ['later'] }, 0)).toBeNull();
  });
});
