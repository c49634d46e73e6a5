import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { RandomBytes } from '../../protocol/clock.js';
import { TouchstoneError } from '../../protocol/error.js';
import { Hex32, newApiKey } from '../../protocol/ids.js';
import { replaceFile } from '../journal/files.js';
import { hashOfToken } from './token.js';

// `keys.json` is written by `touchstone keys` alone, and `keys-used.json` by the verifier alone: neither can undo what the
// other wrote.

const name = 'keys.json';
const usedName = 'keys-used.json';

/** Who may use a key, and so whose are the leases that were made with it: two keys of one name can take each other's place. */
export const KeyName = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' });

const KeptKey = Type.Object({
  name: KeyName,
  role: Type.Literal('marketplace'),
  /** SHA-256 of the key: who reads the file can't use it. */
  hash: Hex32,
  createdAt: Type.Integer({ description: 'Milliseconds since 1970 UTC' }),
});
export type KeptKey = Static<typeof KeptKey>;

const keysFile = Compile(Type.Object({ keys: Type.Array(KeptKey, { maxItems: 10_000 }) }));
const usedFile = Compile(Type.Record(Type.String(), Type.Integer()));

export const keysPath = (dataDir: string): string => join(dataDir, name);

/** Short and enough to tell keys apart by. */
export const idOfKey = ({ hash }: Pick<KeptKey, 'hash'>): string => hash.slice(0, 12);

/** All keys, oldest first; none where there is no file. @throws TouchstoneError `keys.unreadable` */
export async function readKeys(dataDir: string): Promise<KeptKey[]> {
  const content = await readJson(dataDir, name, { keys: [] });
  if (!keysFile.Check(content)) throw unreadable(dataDir, 'is not a list of keys');
  return content.keys;
}

/**
 * Makes a key. It is returned once and kept nowhere.
 *
 * @throws TouchstoneError `keys.name-invalid`, `keys.unreadable`
 */
export async function addKey(
  dataDir: string,
  key: { readonly name: string; readonly role: KeptKey['role']; readonly now: number },
  random: RandomBytes,
): Promise<string> {
  if (!keyName.Check(key.name)) throw new TouchstoneError('keys.name-invalid');
  const keys = await readKeys(dataDir);
  const secret = newApiKey(random);
  const kept = { name: key.name, role: key.role, hash: hashOfToken(secret), createdAt: key.now };
  await writeJson(dataDir, name, { keys: [...keys, kept] });
  return secret;
}

/** @param id as `idOfKey` gives it @throws TouchstoneError `keys.unknown`, `keys.unreadable` */
export async function removeKey(dataDir: string, id: string): Promise<KeptKey> {
  const keys = await readKeys(dataDir);
  const removed = keys.find((key) => idOfKey(key) === id);
  if (removed === undefined) throw new TouchstoneError('keys.unknown');
  await writeJson(dataDir, name, { keys: keys.filter((key) => key !== removed) });
  return removed;
}

/** When each key was last used, milliseconds since 1970 by id. */
export async function readUsed(dataDir: string): Promise<Record<string, number>> {
  const content = await readJson(dataDir, usedName, {});
  if (!usedFile.Check(content)) throw unreadable(dataDir, 'does not say when keys were used', usedName);
  return content;
}

export const writeUsed = (dataDir: string, used: Record<string, number>): Promise<void> =>
  writeJson(dataDir, usedName, used);

const keyName = Compile(KeyName);

async function readJson(dataDir: string, file: string, missing: unknown): Promise<unknown> {
  try {
    return JSON.parse(await readFile(join(dataDir, file), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return missing;
    throw unreadable(dataDir, 'cannot be read', file, error);
  }
}

async function writeJson(dataDir: string, file: string, content: object): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await replaceFile(dataDir, file, `${JSON.stringify(content, null, 2)}\n`);
  } catch (error) {
    throw unreadable(dataDir, 'cannot be written', file, error);
  }
}

const unreadable = (dataDir: string, what: string, file = name, cause?: unknown): TouchstoneError =>
  new TouchstoneError('keys.unreadable', `${join(dataDir, file)} ${what}.`, {}, { cause });
