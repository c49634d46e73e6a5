import { createHash } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { readJson, unreadable, writeJson } from './json-file.js';

// When keys were used. Each verifier writes a file of its own beside `keys.json`: none can undo what another wrote.

const usedFile = Compile(Type.Record(Type.String(), Type.Integer()));
const usedName = /^keys-used(-[0-9a-f]{12})?\.json$/;
/** A file that nobody wrote for so long was of a verifier that is no more. */
const abandonedMs = 30 * 24 * 3600_000;

/** Milliseconds since 1970 by the id of the key. */
export type UsedKeys = Record<string, number>;

/** The file of one verifier: the same after a restart, another for each of several. @param dataDir its own directory */
export const usedNameOf = (dataDir: string): string =>
  `keys-used-${createHash('sha256')
    .update(`${hostname()}\n${resolve(dataDir)}`)
    .digest('hex')
    .slice(0, 12)}.json`;

/** When each key was last used, whoever saw it. @throws TouchstoneError `keys.unreadable` */
export async function readUsed(directory: string): Promise<UsedKeys> {
  const names = await usedNames(directory);
  return latest(await Promise.all(names.map((name) => readOne(directory, name))));
}

/** What one verifier has seen, and what those saw that are no more, whose files go. @throws TouchstoneError `keys.unreadable` */
export async function takeOverUsed(directory: string, own: string, now: number): Promise<UsedKeys> {
  const seen = [await readOne(directory, own)];
  for (const name of await usedNames(directory)) {
    const { mtimeMs } = (await stat(join(directory, name)).catch(() => null)) ?? { mtimeMs: now };
    if (name === own || now - mtimeMs < abandonedMs) continue;
    seen.push(await readOne(directory, name));
    await rm(join(directory, name), { force: true });
  }
  return latest(seen);
}

/** @throws TouchstoneError `keys.unreadable` */
export const writeUsed = (directory: string, own: string, used: UsedKeys): Promise<void> =>
  writeJson(directory, own, used);

async function usedNames(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).filter((name) => usedName.test(name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw unreadable(directory, '', 'cannot be read', error);
  }
}

async function readOne(directory: string, name: string): Promise<UsedKeys> {
  const content = await readJson(directory, name, {});
  if (!usedFile.Check(content)) throw unreadable(directory, name, 'does not say when keys were used');
  return content;
}

function latest(all: readonly UsedKeys[]): UsedKeys {
  const merged = new Map<string, number>();
  for (const used of all)
    for (const [id, at] of Object.entries(used)) merged.set(id, Math.max(at, merged.get(id) ?? 0));
  return Object.fromEntries(merged);
}
