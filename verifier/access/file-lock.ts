import { mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { unreadable } from './json-file.js';

const lookAgainMs = 20;
/** Nobody changes a small file for so long: who took the lock is dead. */
const staleMs = 10_000;
const patienceMs = 15_000;

/**
 * Does work that reads a file and replaces it while nobody else does: of two people who change the keys at the same moment
 * neither undoes what the other did, and a key that was taken away doesn't come back.
 *
 * @throws TouchstoneError `keys.unreadable` where the lock can't be had
 */
export async function withFileLock<T>(directory: string, file: string, work: () => Promise<T>): Promise<T> {
  const lock = `${file}.lock`;
  await take(directory, lock);
  try {
    return await work();
  } finally {
    await rm(join(directory, lock), { force: true });
  }
}

async function take(directory: string, lock: string): Promise<void> {
  const path = join(directory, lock);
  for (let waitedMs = 0; ; waitedMs += lookAgainMs) {
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await (await open(path, 'wx', 0o600)).close();
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || waitedMs > patienceMs)
        throw unreadable(directory, lock, 'cannot be taken', error);
    }
    const since = await stat(path).catch(() => null);
    if (since !== null && Date.now() - since.mtimeMs > staleMs) await rm(path, { force: true });
    else await sleep(lookAgainMs);
  }
}
