import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiKeys } from './api-keys.js';
import { addKey, idOfKey, keysPath, readKeys, readUsed, removeKey } from './key-file.js';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'touchstone-keys-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const random = (length: number) => new Uint8Array(randomBytes(length));
const add = (name: string) => addKey(dataDir, { name, role: 'marketplace', now: 1000 }, random);
const clock = { now: () => 5000 };
const open = () => ApiKeys.open({ dataDir, clock, log: { error: () => {} } });

describe('API keys', () => {
  it('open the door under their name, and only while they are listed', async () => {
    const keys = await open();
    const key = await add('market');
    const other = await add('market');
    expect(await keys.marketplaceOf(`Bearer ${key}`)).toBe('market');
    expect(await keys.marketplaceOf(`Bearer ${other}`)).toBe('market');
    const [kept] = await readKeys(dataDir);
    await removeKey(dataDir, kept === undefined ? '' : idOfKey(kept));
    await expect(keys.marketplaceOf(`Bearer ${key}`)).rejects.toMatchObject({ code: 'access.denied' });
    expect(await keys.marketplaceOf(`Bearer ${other}`)).toBe('market');
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
    await expect((await open()).marketplaceOf(header)).rejects.toMatchObject({ code: 'access.denied' });
  });

  it('are kept as hashes, for nobody else to read', async () => {
    const key = await add('market');
    expect(await readFile(keysPath(dataDir), 'utf8')).not.toContain(key.slice(3));
    if (process.platform !== 'win32') expect((await stat(keysPath(dataDir))).mode & 0o777).toBe(0o600);
  });

  it('say when they were used last', async () => {
    const keys = await open();
    const key = await add('market');
    const [kept] = await readKeys(dataDir);
    expect(await readUsed(dataDir)).toEqual({});
    await keys.marketplaceOf(`Bearer ${key}`);
    await keys.close();
    expect(await readUsed(dataDir)).toEqual({ [kept === undefined ? '' : idOfKey(kept)]: 5000 });
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
