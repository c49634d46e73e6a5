import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TouchstoneError } from '../../protocol/error.js';
import { replaceFile } from '../journal/files.js';

/** What a small file holds; `missing` where there is none. @throws TouchstoneError `keys.unreadable` */
export async function readJson(directory: string, file: string, missing: unknown): Promise<unknown> {
  try {
    return JSON.parse(await readFile(join(directory, file), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return missing;
    throw unreadable(directory, file, 'cannot be read', error);
  }
}

/** Replaces it whole. @throws TouchstoneError `keys.unreadable` */
export async function writeJson(directory: string, file: string, content: object): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await replaceFile(directory, file, `${JSON.stringify(content, null, 2)}\n`);
  } catch (error) {
    throw unreadable(directory, file, 'cannot be written', error);
  }
}

export const unreadable = (directory: string, file: string, what: string, cause?: unknown): TouchstoneError =>
  new TouchstoneError('keys.unreadable', `${join(directory, file)} ${what}.`, {}, { cause });
