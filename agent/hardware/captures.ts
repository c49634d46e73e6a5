import { constants, type Stats } from 'node:fs';
import { mkdir, open, readdir, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { TouchstoneError } from '../../protocol/error.js';
import { decodeText, isBinary } from './decode.js';
import { type Capture, type Captured, parsed } from './read-machine.js';
import { byCode, mostSourceBytes } from './run-origin.js';
import type { Source } from './source.js';
import { sources } from './sources.js';

/** One machine's captures. */
export interface CapturedHost extends Captured {
  /** Its folder within what was read, `.` for that itself; its file where a folder holds reports of several machines. */
  readonly name: string;
  /** Names of the files that were understood, within what was read. */
  readonly files: readonly string[];
}

/** Where `writeCaptures` keeps what could not be read. */
const unreadFile = 'unread.txt';

const most = { files: 4096, depth: 4, bytes: 256 * 2 ** 20 } as const;

const nameOf = ({ name, extension }: Source): string => `${name}.${extension}`;

/**
 * Reads a file of captures, or a folder of them. A folder with at most one file of each source is one machine; where it has
 * several of one source, each file is a machine of its own. Folders within it are machines too. Links are not followed, and
 * files of no known form are left out.
 *
 * @throws TouchstoneError `inspect.unreadable`, or `inspect.nothing` where no file is of a known form
 */
export async function readCaptures(path: string): Promise<CapturedHost[]> {
  const found = await stat(path).catch((cause: unknown) => unreadable(`${path} cannot be opened.`, cause));
  const budget = { files: most.files, bytes: most.bytes };
  const hosts = found.isDirectory() ? await hostsIn(path, '', budget) : await hostOfFile(path, found, budget);
  if (hosts.length > 0) return hosts;
  throw new TouchstoneError('inspect.nothing', `Nothing in ${path} is a report that is known here.`);
}

/** What is left of what one call reads. */
interface Budget {
  files: number;
  bytes: number;
}

interface ReadFile extends Capture {
  readonly file: string;
}

async function hostOfFile(path: string, found: Stats, budget: Budget): Promise<CapturedHost[]> {
  if (!found.isFile()) return unreadable(`${path} is no file and no folder.`);
  const text = await readFileOf(path, budget, 0);
  if (text === null) return [];
  if (text === tooLarge) return unreadable(`${path} has more than ${mostSourceBytes} bytes.`);
  const file = basename(path);
  const capture = captureOf(file, text);
  return capture ? [{ name: file, files: [file], captures: [capture], unread: [] }] : [];
}

async function hostsIn(root: string, within: string, budget: Budget, depth = 0): Promise<CapturedHost[]> {
  const entries = await readdir(join(root, within), { withFileTypes: true }).catch((cause: unknown) => {
    if (within === '') return unreadable(`${root} cannot be read.`, cause);
    return [];
  });
  const names = (kind: 'isFile' | 'isDirectory') =>
    entries
      .filter((entry) => entry[kind]())
      .map(({ name }) => name)
      .sort(byCode);
  const read: ReadFile[] = [];
  const unread: string[] = [];
  for (const name of names('isFile')) {
    budget.files -= 1;
    if (budget.files < 0 || budget.bytes < 0)
      return unreadable(`${root} has more than ${most.files} files, or more than ${most.bytes} bytes.`);
    const text = await readFileOf(join(root, within, name), budget);
    if (text === null) continue;
    if (text === tooLarge) unread.push(`${name}: too large`);
    else if (name === unreadFile) unread.push(...text.split(/\r?\n/).filter((line) => line.trim() !== ''));
    else {
      const capture = captureOf(name, text);
      if (capture) read.push({ ...capture, file: inside(within, name) });
    }
  }
  const hosts = machinesOf(read, within, unread);
  if (depth >= most.depth) return hosts;
  for (const name of names('isDirectory'))
    hosts.push(...(await hostsIn(root, inside(within, name), budget, depth + 1)));
  return hosts;
}

/** The same name on every system. */
const inside = (within: string, name: string): string => (within === '' ? name : `${within}/${name}`);

/** One machine, or one for each file where a source is there several times. */
function machinesOf(read: readonly ReadFile[], within: string, unread: readonly string[]): CapturedHost[] {
  if (read.length === 0) return [];
  const name = within === '' ? '.' : within;
  const alone = new Set(read.map(({ source }) => source)).size === read.length;
  if (alone) return [{ name, files: read.map(({ file }) => file), captures: read, unread }];
  return read.map((one) => ({ name: one.file, files: [one.file], captures: [one], unread: [] }));
}

/** By its name; else by what it looks like. A file that has a source's name and is none of its is tried as any other. */
function captureOf(file: string, text: string): Capture | undefined {
  const named = sources.find((source) => nameOf(source) === file.toLowerCase());
  const candidates = named ? [named, ...sources.filter((source) => looksLike(source, text))] : sources;
  const source = candidates.find(
    (one) => (one === named || looksLike(one, text)) && parsed(one, text) !== null,
  );
  return source && { source, text };
}

function looksLike(source: Source, text: string): boolean {
  try {
    return source.isOf(text);
  } catch {
    return false;
  }
}

const tooLarge = Symbol('too large');

/** @returns null for what is no text, or not to be read */
async function readFileOf(
  path: string,
  budget: Budget,
  noLinks = constants.O_NOFOLLOW ?? 0,
): Promise<string | typeof tooLarge | null> {
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | noLinks;
  const file = await open(path, flags).catch(() => null);
  if (file === null) return null;
  try {
    const { size } = await file.stat();
    if (size > mostSourceBytes) return tooLarge;
    const bytes = Buffer.alloc(size);
    const { bytesRead } = await file.read(bytes, 0, size, 0);
    budget.bytes -= bytesRead;
    const text = decodeText(bytes.subarray(0, bytesRead));
    return isBinary(text) ? null : text;
  } catch {
    return null;
  } finally {
    await file.close();
  }
}

/**
 * Keeps the captures of a machine, one file each, for nobody but this user: they hold its raw ids.
 *
 * @param directory is made; must be empty, or captures of two machines could mix
 * @throws TouchstoneError `inspect.unreadable` where it can't be written
 */
export async function writeCaptures(directory: string, { captures, unread }: Captured): Promise<string[]> {
  const files = captures.map(({ source, text }) => ({ name: nameOf(source), text }));
  if (unread.length > 0) files.push({ name: unreadFile, text: `${unread.join('\n')}\n` });
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    if ((await readdir(directory)).length > 0) throw new Error('it is not empty');
    for (const { name, text } of files)
      await writeFile(join(directory, name), text, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    return unreadable(`${directory} cannot be written.`, cause);
  }
  return files.map(({ name }) => name);
}

function unreadable(detail: string, cause?: unknown): never {
  throw new TouchstoneError('inspect.unreadable', detail, {}, { cause });
}
