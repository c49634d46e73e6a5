import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeText } from './decode.js';
import type { Origin } from './source.js';

/** Bytes of one source's text: sixteen GPUs of `nvidia-smi -q -x` are half a megabyte. */
export const mostSourceBytes = 4 * 2 ** 20;
/** Longest wait for a command: a GPU that fell off the bus can hang its tool. */
const withinMs = 20_000;
const mostFiles = 512;

/** What came of asking one origin: a text, words for why there is none, or both where parts could not be read; none of it is not there. */
export interface Answer {
  readonly text?: string;
  readonly unread?: string;
}

/** Gets the text of a source from this machine. Never rejects. @param patienceMs with a command */
export async function askOrigin(origin: Origin, patienceMs = withinMs): Promise<Answer> {
  try {
    if ('command' in origin) return await ofCommand(origin.command, patienceMs);
    if ('path' in origin) return { text: await readCapped(origin.path, mostSourceBytes) };
    if ('paths' in origin) return await ofFiles(origin.paths);
    return ofVariables(origin.variables);
  } catch (error) {
    return whyNot(error);
  }
}

/** Without a shell: nothing of what it is given is a command line. Output counts though the tool calls it a failure: it warns so. */
function ofCommand([program, ...args]: readonly [string, ...string[]], patienceMs: number): Promise<Answer> {
  const options = {
    maxBuffer: mostSourceBytes,
    windowsHide: true,
    killSignal: 'SIGKILL',
    encoding: 'buffer',
    // Tools translate their words else.
    env: { ...process.env, LC_ALL: 'C' },
  } as const;
  return new Promise((resolve) => {
    const child = execFile(program, args, options, (error, stdout) => {
      clearTimeout(timer);
      const text = plain(decodeText(stdout));
      if (error === null) resolve({ text });
      // A cut text may end anywhere.
      else if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') resolve({ unread: 'too large' });
      else if (typeof error.code === 'string') resolve(whyNot(error));
      else resolve({ text, unread: `failed with ${error.code ?? error.signal ?? 'an error'}` });
    });
    child.stdin?.end();
    // Not left to `execFile`: what waits for a driver that is stuck doesn't even end when it is killed.
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      child.stdout?.destroy();
      child.stderr?.destroy();
      child.unref();
      resolve({ unread: `no answer in ${patienceMs / 1000} s` });
    }, patienceMs);
  });
}

/** Files below a folder, each headed as `head` does. Those that may not be read leave the others. */
async function ofFiles(pattern: string): Promise<Answer> {
  const { paths, denied } = await pathsOf(pattern);
  if (paths.length > mostFiles) return { unread: `more than ${mostFiles} files` };
  const parts: string[] = [];
  let unread = denied ? 'permission denied' : undefined;
  let left = mostSourceBytes;
  for (const path of paths) {
    try {
      const text = await readCapped(path, Math.max(0, left));
      const part = `==> ${path} <==\n${text}${text.endsWith('\n') ? '' : '\n'}`;
      left -= Buffer.byteLength(part);
      parts.push(part);
    } catch (error) {
      unread ??= whyNot(error).unread;
    }
  }
  return { ...(parts.length > 0 && { text: parts.join('') }), ...(unread !== undefined && { unread }) };
}

/** Names that fit, `*` for any part of one; a folder that isn't there has none. */
async function pathsOf(pattern: string): Promise<{ readonly paths: string[]; readonly denied: boolean }> {
  const [root = '', ...names] = pattern.split('/');
  let paths = [root === '' ? '/' : root];
  let denied = false;
  for (const name of names) {
    if (!name.includes('*')) {
      paths = paths.map((path) => join(path, name));
      continue;
    }
    const fits = new RegExp(`^${name.split('*').map(escaped).join('[^/]*')}$`);
    const found = paths.map(async (path) => {
      const all = await readdir(path).catch((error: unknown) => {
        denied ||= whyNot(error).unread !== undefined;
        return [];
      });
      return all.filter((one) => fits.test(one)).map((one) => join(path, one));
    });
    paths = (await Promise.all(found))
      .flat()
      .sort(byCode)
      .slice(0, mostFiles + 1);
  }
  return { paths, denied };
}

function ofVariables(names: readonly string[]): Answer {
  const lines = names.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [`${name}=${value.replace(/[\r\n\0]+/g, ' ')}\n`];
  });
  return lines.length === 0 ? {} : { text: lines.join('') };
}

/**
 * The text of a regular file, or of one that the kernel writes as it is read, whose size says nothing.
 * @throws where it is not there, may not be read, is no file, or holds more than `most` bytes
 */
async function readCapped(path: string, most: number): Promise<string> {
  // A pipe that somebody put there would make us wait for whoever writes.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    if (!(await file.stat()).isFile()) throw Object.assign(new Error('no file'), { code: 'ENOENT' });
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of file.createReadStream({ autoClose: false, end: most })) {
      chunks.push(chunk as Buffer);
      bytes += (chunk as Buffer).length;
    }
    if (bytes > most) throw Object.assign(new Error('too large'), { code: 'EFBIG' });
    return plain(decodeText(Buffer.concat(chunks)));
  } finally {
    await file.close();
  }
}

const escaped = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');

/** The kernel ends some of its texts, and parts others, by zeros. */
const plain = (text: string): string => text.replaceAll('\0', '\n');

/** Nothing for what is simply not there. */
function whyNot(error: unknown): Answer {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  if (absent.has(code)) return {};
  if (code === 'EACCES' || code === 'EPERM') return { unread: 'permission denied' };
  return { unread: code === 'EFBIG' ? 'too large' : `cannot be read (${code || 'unknown'})` };
}

const absent: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ENODEV', 'ENXIO', 'ELOOP']);

/** The same order everywhere, whatever the language of the system. */
export const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
