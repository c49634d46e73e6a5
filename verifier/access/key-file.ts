import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { RandomBytes } from '../../protocol/clock.js';
import { TouchstoneError } from '../../protocol/error.js';
import { Hex32, newApiKey } from '../../protocol/ids.js';
import { withFileLock } from './file-lock.js';
import { readJson, unreadable, writeJson } from './json-file.js';
import { hashOfToken } from './token.js';

// `keys.json` is written by `touchstone keys` alone: no verifier can undo what it wrote.

const name = 'keys.json';

/** Who may use a key, and so whose are the leases that were made with it: two keys of one name can take each other's place. */
export const KeyName = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' });

/** What a key may be for. */
const KeyRole = Type.Union([
  Type.Literal('marketplace'),
  Type.Literal('investigator'),
  Type.Literal('operator'),
]);
export type KeyRole = Static<typeof KeyRole>;

const KeptKey = Type.Object({
  name: KeyName,
  role: KeyRole,
  /** SHA-256 of the key: who reads the file can't use it. */
  hash: Hex32,
  /** Its first characters, by which its holder tells it from others; absent of keys of before they were kept. */
  prefix: Type.Optional(Type.String({ pattern: '^ak_[0-9a-f]{6}$' })),
  createdAt: Type.Integer({ description: 'Milliseconds since 1970 UTC' }),
});
export type KeptKey = Static<typeof KeptKey>;

const keysFile = Compile(Type.Object({ keys: Type.Array(KeptKey, { maxItems: 10_000 }) }));
const keyName = Compile(KeyName);
/** 24 bits of 256: enough to tell keys apart, and nothing to guess the others by. */
const prefixLength = 'ak_'.length + 6;

export const keysPath = (directory: string): string => join(directory, name);

/** Short and enough to tell keys apart by. */
export const idOfKey = ({ hash }: Pick<KeptKey, 'hash'>): string => hash.slice(0, 12);

/** All keys, oldest first; none where there is no file. @throws TouchstoneError `keys.unreadable` */
export async function readKeys(directory: string): Promise<KeptKey[]> {
  const content = await readJson(directory, name, { keys: [] });
  if (!keysFile.Check(content)) throw unreadable(directory, name, 'is not a list of keys');
  return content.keys;
}

/**
 * Makes a key. It is returned once and kept nowhere.
 *
 * @throws TouchstoneError `keys.name-invalid`, `keys.unreadable`
 */
export async function addKey(
  directory: string,
  key: { readonly name: string; readonly role: KeyRole; readonly now: number },
  random: RandomBytes,
): Promise<string> {
  if (!keyName.Check(key.name)) throw new TouchstoneError('keys.name-invalid');
  const secret = newApiKey(random);
  const kept: KeptKey = {
    name: key.name,
    role: key.role,
    hash: hashOfToken(secret),
    prefix: secret.slice(0, prefixLength),
    createdAt: key.now,
  };
  await withFileLock(directory, name, async () =>
    writeJson(directory, name, { keys: [...(await readKeys(directory)), kept] }),
  );
  return secret;
}

/** @param id as `idOfKey` gives it @throws TouchstoneError `keys.unknown`, `keys.unreadable` */
export async function removeKey(directory: string, id: string): Promise<KeptKey> {
  return withFileLock(directory, name, async () => {
    const keys = await readKeys(directory);
    const removed = keys.find((key) => idOfKey(key) === id);
    if (removed === undefined) throw new TouchstoneError('keys.unknown');
    await writeJson(directory, name, { keys: keys.filter((key) => key !== removed) });
    return removed;
  });
}
