import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../protocol/clock.js';
import { MemoryState } from './memory.js';
import { RedisState } from './redis.js';
import type { HotState } from './state.js';
import { RedisServer } from './testing/redis-server.js';

/** Opens two views of one state: what two verifiers hold, where several can share it. */
interface Kind {
  readonly name: string;
  open(): Promise<readonly [HotState, HotState]>;
  shut(): Promise<void>;
}

const hour = 3600_000;
/** A value of a short life is over before anything else is asked; polled, since only time ends it. */
const until = <T>(look: () => T | Promise<T>) => vi.waitFor(look, { timeout: 10_000, interval: 5 });

/** What every hot state must do. A new implementation only adds a line at the end. */
function contract({ name, open, shut }: Kind): void {
  describe(`hot state on ${name}`, () => {
    let state: HotState;
    let other: HotState;
    const both = (at: number): HotState => (at % 2 === 0 ? state : other);
    beforeAll(async () => {
      [state, other] = await open();
    });
    afterAll(async () => {
      await state.close();
      await other.close();
      await shut();
    });

    it('gives back what was put last', async () => {
      await state.put('a', 'one', hour);
      expect(await other.get('a')).toBe('one');
      await other.put('a', 'two', hour);
      expect(await state.get('a')).toBe('two');
    });

    it('knows nothing of a key that was never put', async () => {
      expect(await state.get('never')).toBeNull();
      expect(await state.take('never')).toBeNull();
      expect(await state.fields('never')).toEqual(new Map());
      expect(await state.tail('never')).toBeNull();
      expect(await state.read('never', null, 5)).toEqual([]);
    });

    it('forgets a value when its time is over, and then it is as if it had never been', async () => {
      await state.put('short', 'x', 15);
      await until(async () => expect(await state.get('short')).toBeNull());
      expect(await state.take('short')).toBeNull();
      await state.put('short', 'x', 15);
      await until(async () => expect(await state.putIfAbsent('short', 'new', hour)).toBe('new'));
      await state.put('short', 'x', 15);
      await until(async () => expect(await state.replace('short', null, 'newer', hour)).toBe(true));
    });

    it('hands a value to one of many takers only', async () => {
      await state.put('once', 'x', hour);
      const taken = await Promise.all(Array.from({ length: 50 }, (_, at) => both(at).take('once')));
      expect(taken.filter((value) => value === 'x')).toHaveLength(1);
    });

    it('lets one of many be the first, and tells all who it is', async () => {
      const told = await Promise.all(
        Array.from({ length: 50 }, (_, at) => both(at).putIfAbsent('first', `it is ${at}`, hour)),
      );
      expect(new Set(told).size).toBe(1);
      expect(await other.get('first')).toBe(told[0]);
    });

    it('replaces only what is expected there', async () => {
      expect(await state.replace('lock', null, 'mine', hour)).toBe(true);
      expect(await state.replace('lock', null, 'yours', hour)).toBe(false);
      expect(await state.replace('lock', 'yours', 'theirs', hour)).toBe(false);
      expect(await state.replace('lock', 'mine', 'yours', hour)).toBe(true);
      expect(await state.get('lock')).toBe('yours');
      expect(await state.replace('lock', 'mine', null, hour)).toBe(false);
      expect(await state.replace('lock', 'yours', null, hour)).toBe(true);
      expect(await state.get('lock')).toBeNull();
    });

    it('tells an empty value from none', async () => {
      await state.put('empty', '', hour);
      expect(await state.get('empty')).toBe('');
      expect(await state.replace('empty', null, 'x', hour)).toBe(false);
      expect(await state.replace('empty', '', 'x', hour)).toBe(true);
    });

    it('loses no step of many that count by replacing', async () => {
      await state.put('count', '0', hour);
      const add = async (view: HotState): Promise<void> => {
        const seen = await view.get('count');
        if (!(await view.replace('count', seen, String(Number(seen) + 1), hour))) await add(view);
      };
      await Promise.all(Array.from({ length: 20 }, (_, at) => add(both(at))));
      expect(await state.get('count')).toBe('20');
    });

    it('keeps the fields of a hash apart, and forgets all of them together', async () => {
      await state.putField('hash', 'one', '1', hour);
      await other.putField('hash', 'two', '2', hour);
      await state.putField('hash', '__proto__', '3', hour);
      expect(await state.fields('hash')).toEqual(
        new Map([
          ['one', '1'],
          ['two', '2'],
          ['__proto__', '3'],
        ]),
      );
      await other.dropField('hash', 'one');
      await other.dropField('hash', 'never');
      expect([...(await state.fields('hash')).keys()].sort()).toEqual(['__proto__', 'two']);
      await state.putField('hash', 'last', '4', 15);
      await until(async () => expect(await state.fields('hash')).toEqual(new Map()));
    });

    it('does not mix what stands under one name as a value, a hash, a limit and a stream', async () => {
      await state.put('same', 'value', hour);
      await state.putField('same', 'f', 'field', hour);
      await state.append('same', 'entry', 10);
      expect((await state.spend('same', { burst: 1, everyMs: hour })).allowed).toBe(true);
      expect(await state.get('same')).toBe('value');
      expect(await state.fields('same')).toEqual(new Map([['f', 'field']]));
    });

    it('lets a burst through and then no more, and says how long that lasts', async () => {
      const limit = { burst: 3, everyMs: hour };
      const spent = await Promise.all(Array.from({ length: 20 }, (_, at) => both(at).spend('limit', limit)));
      expect(spent.filter(({ allowed }) => allowed)).toHaveLength(3);
      const refused = spent.find(({ allowed }) => !allowed);
      expect(refused?.retryMs).toBeGreaterThan(hour - 60_000);
      expect(refused?.retryMs).toBeLessThanOrEqual(hour);
      // Who is refused has taken nothing, and to ask how many are left costs nothing.
      expect(await state.spend('limit', limit, 0)).toEqual({ allowed: true, left: 0, retryMs: 0 });
      expect((await state.spend('limit of another', limit, 2)).left).toBe(1);
    });

    it('gives back what was spent, one by one, as time goes by', async () => {
      const limit = { burst: 2, everyMs: 20 };
      const began = performance.now();
      let given = 0;
      await until(async () => {
        if ((await both(given).spend('slow', limit)).allowed) given += 1;
        expect(given).toBe(6);
      });
      // Never more than the burst and what came back, whatever the scheduler did with us.
      expect(given).toBeLessThanOrEqual(2 + (performance.now() - began) / 20);
    });

    it('refuses a limit that nobody could ever meet', async () => {
      await expect(state.spend('odd', { burst: 0, everyMs: 1 })).rejects.toThrow(RangeError);
      await expect(state.spend('odd', { burst: 1, everyMs: 0 })).rejects.toThrow(RangeError);
      await expect(state.spend('odd', { burst: 1, everyMs: 1 }, 2)).rejects.toThrow(RangeError);
    });

    it('reads a stream in the order in which it was written, from any place', async () => {
      const ids: string[] = [];
      for (const value of ['a', 'b', 'c', 'd']) ids.push(await both(ids.length).append('stream', value, 100));
      const all = await other.read('stream', null, 10);
      expect(all?.map(({ value }) => value).join('')).toBe('abcd');
      expect(all?.map(({ id }) => id)).toEqual(ids);
      expect(await other.tail('stream')).toBe(ids[3]);
      expect(await state.read('stream', ids[0] ?? '', 2)).toEqual([
        { id: ids[1], value: 'b' },
        { id: ids[2], value: 'c' },
      ]);
      expect(await state.read('stream', ids[3] ?? '', 2)).toEqual([]);
    });

    it('gives each of many writers places of their own', async () => {
      const ids = await Promise.all(
        Array.from({ length: 60 }, (_, at) => both(at).append('many', `${at}`, 100)),
      );
      expect(new Set(ids).size).toBe(60);
      const read = await state.read('many', null, 100);
      expect(read?.map(({ value }) => Number(value)).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 60 }, (_, at) => at),
      );
    });

    it('keeps about as many entries as it should, and says to a late reader that it missed some', async () => {
      const first = await state.append('long', '0', 200);
      for (let at = 1; at < 1000; at++) await state.append('long', String(at), 200);
      const kept = await state.read('long', null, 2000);
      expect(kept?.length).toBeGreaterThanOrEqual(200);
      expect(kept?.length).toBeLessThan(500);
      expect(kept?.at(-1)?.value).toBe('999');
      expect(await other.read('long', first, 10)).toBeNull();
      expect(await other.read('never', first, 10)).toBeNull();
    });

    it('tells all who listen, until they listen no more', async () => {
      const heard: string[] = [];
      const endFirst = await state.subscribe('news', (message) => heard.push(`first ${message}`));
      const endSecond = await other.subscribe('news', (message) => heard.push(`second ${message}`));
      await state.publish('news', 'a');
      await state.publish('other news', 'x');
      await until(() => expect([...heard].sort()).toEqual(['first a', 'second a']));
      await endFirst();
      await endFirst();
      await other.publish('news', 'b');
      await until(() => expect(heard).toContain('second b'));
      await endSecond();
      const endThird = await other.subscribe('news', (message) => heard.push(`third ${message}`));
      await state.publish('news', 'c');
      await until(() => expect(heard).toContain('third c'));
      expect(heard).toHaveLength(4);
      await endThird();
    });

    it('tells what one writer says in the order in which it was said, never within the saying', async () => {
      const heard: number[] = [];
      const end = await other.subscribe('order', (message) => heard.push(Number(message)));
      const said = Array.from({ length: 100 }, (_, at) => state.publish('order', String(at)));
      expect(heard).toEqual([]);
      await Promise.all(said);
      await until(() => expect(heard).toEqual(Array.from({ length: 100 }, (_, at) => at)));
      await end();
    });

    it('has a clock of its own and one generation while nothing is lost', async () => {
      const [before, after] = [await state.now(), await other.now()];
      expect(after).toBeGreaterThanOrEqual(before);
      expect(Math.abs(before - Date.now())).toBeLessThan(60_000);
      expect(await state.generation()).toBe(await other.generation());
      expect(state.healthy).toBe(true);
    });
  });
}

contract({
  name: 'memory',
  open: async () => {
    const state = new MemoryState(systemClock);
    return [state, state];
  },
  shut: async () => {},
});

let server: RedisServer;
contract({
  name: 'redis',
  open: async () => {
    server = await RedisServer.start();
    return [new RedisState(server.url), new RedisState(server.url)];
  },
  shut: () => server.stop(),
});
