import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { fromHex, toHex } from '../protocol/bytes.js';
import type { RandomBytes } from '../protocol/clock.js';
import { TouchstoneError } from '../protocol/error.js';
import { DeviceId, Hex32 } from '../protocol/ids.js';
import { type Identity, identityOf } from './identity.js';

const KeyFile = Type.Object({
  algorithm: Type.Literal('ed25519'),
  device: DeviceId,
  secret: Hex32,
});
type KeyFile = Static<typeof KeyFile>;
const keyFile = Compile(KeyFile);

/** The key's file in a home directory. */
export const keyPath = (home: string): string => join(home, 'key.json');

/**
 * The device's identity: read from its key file, or made and kept there on the first run.
 *
 * @param home directory of the agent; made with mode 0700 when missing
 * @throws TouchstoneError `agent.key-unreadable`. A file that cannot be used is never touched: it may be the only
 *   copy of a key with a reputation.
 */
export async function loadOrMakeIdentity(home: string, random: RandomBytes = randomBytes): Promise<Identity> {
  return (await loadIdentity(home)) ?? (await makeIdentity(home, random));
}

/**
 * The identity in a home directory; null where there is none yet.
 *
 * @throws TouchstoneError `agent.key-unreadable`
 */
export async function loadIdentity(home: string): Promise<Identity | null> {
  const path = keyPath(home);
  try {
    const { mode } = await stat(path);
    // Windows has no such bits: Node reports everything as open there, and a profile directory is private.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0)
      throw unusable(path, `is open to other users (mode ${(mode & 0o777).toString(8)})`);
    return parse(path, await readFile(path, 'utf8'));
  } catch (error) {
    if (error instanceof TouchstoneError) throw error;
    if (isErrno(error, 'ENOENT')) return null;
    throw unusable(path, 'could not be read', error);
  }
}

function parse(path: string, text: string): Identity {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw unusable(path, 'is not JSON', error);
  }
  if (!keyFile.Check(content)) throw unusable(path, 'is not a key');
  const identity = identityOf(fromHex(content.secret));
  if (identity.device !== content.device)
    throw unusable(path, 'is damaged: its halves do not belong together');
  return identity;
}

async function makeIdentity(home: string, random: RandomBytes): Promise<Identity> {
  const secret = random(32);
  const identity = identityOf(secret);
  const content: KeyFile = { algorithm: 'ed25519', device: identity.device, secret: toHex(secret) };
  try {
    await mkdir(home, { recursive: true, mode: 0o700 });
    await writeNew(home, `${JSON.stringify(content, null, 2)}\n`, toHex(random(8)));
  } catch (error) {
    // Another agent was faster in the same directory: its key is the key.
    const other = isErrno(error, 'EEXIST') ? await loadIdentity(home) : null;
    if (other) return other;
    throw unusable(keyPath(home), 'could not be written', error);
  }
  return identity;
}

/** The whole file or none of it, also after a power cut; never over an existing one, hence `link` and not `rename`. */
async function writeNew(home: string, text: string, suffix: string): Promise<void> {
  const temporary = `${keyPath(home)}.${suffix}.tmp`;
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
    await file.close();
    await link(temporary, keyPath(home));
  } finally {
    await file.close().catch(() => {});
    await rm(temporary, { force: true });
  }
  await syncDirectory(home);
}

async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return; // Directories can't be opened there.
  const directory = await open(path, 'r');
  await directory.sync().finally(() => directory.close());
}

const unusable = (path: string, what: string, cause?: unknown): TouchstoneError =>
  new TouchstoneError('agent.key-unreadable', `The key file ${path} ${what}.`, { path }, { cause });

const isErrno = (error: unknown, code: string): boolean =>
  error instanceof Error && (error as NodeJS.ErrnoException).code === code;
