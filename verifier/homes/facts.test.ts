import { beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../protocol/clock.js';
import { TouchstoneError } from '../../protocol/error.js';
import type { Fact } from '../../scoring/facts/facts.js';
import { deviceId, heartbeat, presence } from '../../scoring/testing/facts.js';
import { MemoryState } from '../state/memory.js';
import type { HotState } from '../state/state.js';
import { FactReader } from './fact-reader.js';
import { FactWriter, factStream } from './fact-writer.js';
import { silent, transition } from './testing/homes-hall.js';
import { Unshipped } from './unshipped.js';

const a = deviceId('a');

let state: MemoryState;
beforeEach(() => {
  state = new MemoryState(systemClock);
});

/** A writer whose journal ends at `end`, of which ClickHouse has all up to `shipped`. */
function openWriter(over: Partial<HotState> = {}, self = 've_1') {
  const journal = { end: 0, shipped: 0 };
  const unshipped = new Unshipped();
  const bound = new Proxy(state, {
    get: (target, name: keyof HotState) =>
      over[name] ?? (target[name] as (...given: unknown[]) => unknown).bind?.(target) ?? target[name],
  });
  const writer = new FactWriter({
    self,
    state: bound,
    unshipped,
    log: silent,
    end: () => journal.end,
    has: (place) => place <= journal.shipped,
  });
  return { writer, journal, unshipped };
}

function openReader() {
  const told: Fact[] = [];
  const counts = { reloads: 0 };
  const unshipped = new Unshipped();
  const follower = {
    name: 'test',
    apply: (facts: readonly Fact[]) => void told.push(...facts),
    reload: async () => {
      counts.reloads += 1;
    },
  };
  const reader = new FactReader({ self: 've_2', state, unshipped, followers: () => [follower], log: silent });
  return { reader, told, counts, unshipped };
}

const entry = (seq: number, facts: readonly Fact[] = [transition(a)]) =>
  state.append(factStream, JSON.stringify([{ writer: 've_1', seq, facts }]), 3);

describe('the writer of facts', () => {
  it('lets nobody acknowledge a fact before the others can read it', async () => {
    let stored = () => {};
    const gate = new Promise<void>((resolve) => {
      stored = resolve;
    });
    const { writer } = openWriter({
      append: async (...given) => {
        await gate;
        return state.append(...given);
      },
    });
    let acknowledged = false;
    const announced = writer.announce([transition(a)]).then(() => {
      acknowledged = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(acknowledged).toBe(false);
    stored();
    await announced;
    expect(await state.tail(factStream)).not.toBeNull();
  });

  it('tells nothing of who was there: nobody needs it, and there is a lot', async () => {
    const { writer } = openWriter();
    await writer.announce([presence(a, 1), heartbeat(1)]);
    expect(await state.tail(factStream)).toBeNull();
  });

  it('says how far ClickHouse has its facts, and keeps the rest at hand', async () => {
    const { writer, journal, unshipped } = openWriter();
    const facts = [transition(a), transition(a)] as const;
    for (const fact of facts) {
      journal.end += 1;
      await writer.announce([fact]);
    }
    journal.shipped = 1;
    await writer.say();
    expect(unshipped.all()).toEqual([facts[1]]);
    expect(await state.fields('facts-shipped')).toEqual(new Map([['ve_1', '1']]));
  });
});

describe('the reader of facts', () => {
  it('takes each entry once, also where it was told again because nobody knew whether it had come', async () => {
    const { reader, told } = openReader();
    const [first, second] = [transition(a), transition(a)];
    await entry(1, [first]);
    await entry(1, [first]);
    await reader.catchUp();
    await entry(1, [first]);
    await entry(2, [second]);
    await reader.catchUp();
    expect(told).toEqual([first, second]);
  });

  it('reads the record again where an entry is missing, and keeps what is not there yet', async () => {
    const { reader, told, counts } = openReader();
    await entry(1);
    await reader.catchUp();
    const third = transition(a);
    await entry(3, [third]);
    await reader.catchUp();
    expect(counts.reloads).toBe(1);
    expect(told.at(-1)).toEqual(third);
  });

  it('reads the record again where the stream was cut before it came to its place', async () => {
    const { reader, counts } = openReader();
    await entry(1);
    await reader.catchUp();
    for (let seq = 2; seq < 40; seq += 1) await entry(seq);
    await reader.catchUp();
    expect(counts.reloads).toBe(1);
    await reader.catchUp();
    expect(counts.reloads).toBe(1);
  });

  it('reads the record again where a verifier comes back with facts that it had told nobody', async () => {
    const { reader, counts, told } = openReader();
    await reader.catchUp();
    const { writer } = openWriter();
    await writer.untold();
    await reader.catchUp();
    expect(counts.reloads).toBe(1);
    const next = transition(a);
    await writer.announce([next]);
    await reader.catchUp();
    expect(told.at(-1)).toEqual(next);
    expect(counts.reloads).toBe(1);
  });

  it('does not come up to date where the record can not be read, and tries again', async () => {
    const { reader, counts } = openReader();
    const follower = {
      name: 'broken',
      apply: () => {},
      reload: async () => {
        throw new TouchstoneError('storage.unreachable');
      },
    };
    const broken = new FactReader({
      self: 've_2',
      state,
      unshipped: new Unshipped(),
      followers: () => [follower],
      log: silent,
    });
    broken.lost();
    await expect(broken.catchUp()).rejects.toMatchObject({ code: 'storage.unreachable' });
    await expect(broken.catchUp()).rejects.toMatchObject({ code: 'storage.unreachable' });
    reader.lost();
    await reader.catchUp();
    expect(counts.reloads).toBe(1);
  });

  it('is not told what was in the record before it was read', async () => {
    const { reader, told } = openReader();
    const [before, after] = [transition(a), transition(a)];
    await entry(1, [before]);
    await state.putField('facts-shipped', 've_1', '1', 60_000);
    await reader.open();
    await entry(2, [after]);
    await reader.catchUp();
    expect(told).toEqual([after]);
  });
});
