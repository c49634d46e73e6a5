import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { RedisState } from './redis.js';
import { RedisServer } from './testing/redis-server.js';

const busy = { code: 'service.busy' };
const until = <T>(look: () => T | Promise<T>) => vi.waitFor(look, { timeout: 15_000, interval: 20 });

describe('hot state whose redis goes away', () => {
  let server: RedisServer;
  let state: RedisState;
  let outages: Error[];
  beforeAll(async () => {
    server = await RedisServer.start();
    outages = [];
    state = new RedisState(server.url, (error) => outages.push(error));
    await state.put('there', 'x', 60_000);
  });
  afterAll(async () => {
    await state.close();
    await server.stop();
  });

  it('says that we are busy, whatever it is asked, and goes on by itself when redis is back', async () => {
    const heard: string[] = [];
    await state.subscribe('news', (message) => heard.push(message));
    await server.kill();
    await until(() => expect(state.healthy).toBe(false));
    const limit = { burst: 1, everyMs: 1000 };
    const asked = [
      state.put('a', 'b', 1000),
      state.get('a'),
      state.take('a'),
      state.putIfAbsent('a', 'b', 1000),
      state.replace('a', null, 'b', 1000),
      state.putField('a', 'b', 'c', 1000),
      state.dropField('a', 'b'),
      state.fields('a'),
      state.spend('a', limit),
      state.append('a', 'b', 10),
      state.read('a', null, 10),
      state.tail('a'),
      state.publish('a', 'b'),
      state.subscribe('a', () => {}),
      state.now(),
      state.generation(),
    ];
    for (const answer of asked) await expect(answer).rejects.toMatchObject(busy);
    expect(state.healthy).toBe(false);
    // Once for each connection, not with every attempt.
    expect(outages.length).toBeLessThanOrEqual(2);

    await server.start();
    await until(() => expect(state.healthy).toBe(true));
    expect(await state.get('there')).toBeNull();
    await state.put('there', 'y', 60_000);
    expect(await state.get('there')).toBe('y');
    // What was listened to is listened to again; when exactly is not promised.
    await until(async () => {
      await state.publish('news', 'back');
      expect(heard).toContain('back');
    });
  });

  it('hears again after its connections were cut', async () => {
    const heard: string[] = [];
    await state.subscribe('cut', (message) => heard.push(message));
    await server.cutConnections();
    await until(async () => {
      await state.publish('cut', 'again');
      expect(heard).toContain('again');
    });
  });

  it('gives up on a redis that hangs, then refuses at once, and goes on when it moves again', async () => {
    await state.get('there');
    const calls = await server.callsOf('get');
    server.pause();
    const steps = Array.from({ length: 5 }, () => state.append('steps', 'step', 100));
    for (const step of steps) await expect(step).rejects.toMatchObject(busy);
    await until(() => expect(state.healthy).toBe(false));
    const asked = Array.from({ length: 200 }, () => state.get('there'));
    for (const answer of asked) await expect(answer).rejects.toMatchObject(busy);
    server.resume();
    await until(async () => expect(await state.get('there')).toBe('y'));
    // Refused by us, not by a clock: nothing is sent to one that is silent.
    expect(await server.callsOf('get')).toBe(calls + 1);
    // Refused may mean done all the same, never done twice: what was under way is not sent again.
    expect((await state.read('steps', null, 100))?.length).toBeLessThanOrEqual(5);
  });

  it('is of another generation after a flush, a restart, and a return from a snapshot', async () => {
    const generations = [await state.generation(), await state.generation()];
    expect(generations[0]).toBe(generations[1]);
    await server.flush();
    generations.push(await state.generation());
    await server.restart();
    generations.push(await until(() => state.generation()));
    await server.snapshot();
    await server.restart();
    generations.push(await until(() => state.generation()));
    expect(new Set(generations).size).toBe(4);
  });

  it('is asked again after its scripts were forgotten', async () => {
    expect(await state.putIfAbsent('script', 'one', 60_000)).toBe('one');
    await server.restart();
    expect(await until(() => state.putIfAbsent('script', 'two', 60_000))).toBe('two');
  });
});

it('says that we are busy where there never was a redis', async () => {
  const server = await RedisServer.start();
  await server.stop();
  const state = new RedisState(server.url);
  await expect(state.get('a')).rejects.toMatchObject(busy);
  expect(state.healthy).toBe(false);
  await state.close();
});

it('takes nobody on after it was closed', async () => {
  const server = await RedisServer.start();
  const state = new RedisState(server.url);
  await state.put('a', 'b', 1000);
  await state.close();
  await expect(state.get('a')).rejects.toMatchObject(busy);
  await server.stop();
});
