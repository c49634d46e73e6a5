import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiKeys } from './api-keys.js';
import { addKey, idOfKey, type KeyRole, keysPath, readKeys, removeKey } from './key-file.js';
import { readUsed, usedNameOf } from './used-keys.js';

let dataDir: string;
beforeEach(async () => {
  now = 5000;
  dataDir = await mkdtemp(join(tmpdir(), 'touchstone-keys-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const random = (length: number) => new Uint8Array(randomBytes(length));
const add = (name: string, role: KeyRole = 'marketplace') =>
  addKey(dataDir, { name, role, now: 1000 }, random);
let now = 5000;
const clock = { now: () => now };
const open = () => ApiKeys.open({ dataDir, clock, log: { error: () => {} } });
/** One of several verifiers, which share the keys and have directories of their own. */
const openOther = (own: string) =>
  ApiKeys.open({ dataDir: join(dataDir, own), sharedDir: dataDir, clock, log: { error: () => {} } });
const firstId = async () => {
  const [kept] = await readKeys(dataDir);
  return kept === undefined ? '' : idOfKey(kept);
};

describe('API keys', () => {
  it('open the door under their name, and only while they are listed', async () => {
    const keys = await open();
    const key = await add('market');
    const other = await add('market');
    expect(await keys.holderOf(`Bearer ${key}`)).toEqual({ role: 'marketplace', name: 'market' });
    expect(await keys.holderOf(`Bearer ${other}`)).toMatchObject({ name: 'market' });
    await removeKey(dataDir, await firstId());
    await expect(keys.holderOf(`Bearer ${key}`)).rejects.toMatchObject({ code: 'access.denied' });
    expect(await keys.holderOf(`Bearer ${other}`)).toMatchObject({ name: 'market' });
  });

  it('are of one role each', async () => {
    const keys = await open();
    for (const role of ['marketplace', 'investigator', 'operator'] as const)
      expect(await keys.holderOf(`Bearer ${await add('somebody', role)}`)).toMatchObject({ role });
  });

  it('die at every verifier at once', async () => {
    const [here, there] = [await openOther('1'), await openOther('2')];
    const key = await add('market');
    for (const keys of [here, there]) expect(await keys.holderOf(`Bearer ${key}`)).toBeDefined();
    await removeKey(dataDir, await firstId());
    for (const keys of [here, there])
      await expect(keys.holderOf(`Bearer ${key}`)).rejects.toMatchObject({ code: 'access.denied' });
  });

  it('that many make and take away at once are all made, and none comes back', async () => {
    await add('old');
    const old = await firstId();
    const made = Array.from({ length: 10 }, (_, index) => add(`new-${index}`));
    await Promise.all([...made, removeKey(dataDir, old)]);
    expect((await readKeys(dataDir)).map(({ name }) => name).sort()).toEqual(
      Array.from({ length: 10 }, (_, index) => `new-${index}`),
    );
  });

  it.each([
    undefined,
    '',
    'Bearer',
    `Bearer ak_${'0'.repeat(64)}`,
    `Basic ak_${'0'.repeat(64)}`,
    `Bearer wt_${'0'.repeat(64)}`,
  ])('are not guessed: %s', async (header) => {
    await add('market');
    await expect((await open()).holderOf(header)).rejects.toMatchObject({ code: 'access.denied' });
  });

  it('are kept as hashes, for nobody else to read', async () => {
    const key = await add('market');
    expect(await readFile(keysPath(dataDir), 'utf8')).not.toContain(key.slice(3));
    if (process.platform !== 'win32') expect((await stat(keysPath(dataDir))).mode & 0o777).toBe(0o600);
  });

  it('say when they were used last', async () => {
    const keys = await open();
    const key = await add('market');
    expect(await readUsed(dataDir)).toEqual({});
    await keys.holderOf(`Bearer ${key}`);
    await keys.close();
    expect(await readUsed(dataDir)).toEqual({ [await firstId()]: 5000 });
  });

  it('say when any verifier saw them last', async () => {
    const [here, there] = [await openOther('1'), await openOther('2')];
    const key = await add('market');
    for (const [keys, at] of [
      [there, 7000],
      [here, 6000],
    ] as const) {
      now = at;
      await keys.holderOf(`Bearer ${key}`);
      await keys.close();
    }
    expect(await readUsed(dataDir)).toEqual({ [await firstId()]: 7000 });
  });

  it('take over what verifiers saw that are no more', async () => {
    const gone = await openOther('gone');
    await gone.holderOf(`Bearer ${await add('market')}`);
    await gone.close();
    const file = join(dataDir, usedNameOf(join(dataDir, 'gone')));
    await utimes(file, 0, 0);
    now = 365 * 24 * 3600_000;
    const here = await openOther('here');
    await here.close();
    await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readUsed(dataDir)).toEqual({ [await firstId()]: 5000 });
  });

  it('have names that people can read', async () => {
    for (const name of ['', 'a b', '../x', 'x'.repeat(65)]) {
      await expect(add(name)).rejects.toMatchObject({ code: 'keys.name-invalid' });
    }
    await expect(removeKey(dataDir, 'nothing')).rejects.toMatchObject({ code: 'keys.unknown' });
  });

  it('are refused as a whole where their file is damaged', async () => {
    await writeFile(keysPath(dataDir), '{"keys":[{"name":"x"}]}');
    await expect(open()).rejects.toMatchObject({ code: 'keys.unreadable' });
  });
});
