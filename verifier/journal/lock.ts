import { createHash, randomBytes, randomInt } from 'node:crypto';
import { mkdtemp, readdir, realpath, rm, symlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TouchstoneError } from '../../protocol/error.js';

const prefix = 'lock-';
/** Unix keeps a socket's path in 104 bytes (macOS) or 108 (Linux), with a zero at the end. */
const longestPath = 100;
/** Two that come at one instant may both give way: they try again, apart. */
const tries = 4;
const apartMs = 50;

/** Gives a directory back. */
export type Release = () => Promise<void>;

/**
 * Takes a directory for this process. Two verifiers on one journal would write into each other's records and ship
 * facts twice.
 *
 * Whoever wants it listens on a socket in it under a name of its own and then looks for others that listen there:
 * the later of two always sees the earlier. A socket ends with its process, however that ends, and the dead name that
 * is left is never used again, so that clearing it away harms nobody. Holds between containers that share the
 * directory on one machine; between machines it does not.
 *
 * @throws TouchstoneError `journal.in-use`; the system's errors where no socket can be made
 */
export async function lockDirectory(directory: string): Promise<Release> {
  for (let i = 0; i < tries; i += 1) {
    if (i > 0) await sleep(randomInt(apartMs));
    const release = await tryLock(directory);
    if (release !== null) return release;
  }
  throw new TouchstoneError('journal.in-use', `Another process works on ${directory}.`);
}

async function tryLock(directory: string): Promise<Release | null> {
  // Pipes of Windows are not in a directory, and gone with their process: the name alone is the lock.
  if (process.platform === 'win32') return releaseOf(await listen(await pipeOf(directory)));
  const own = prefix + randomBytes(4).toString('hex');
  const { base, forget } = await shortPath(directory, own);
  try {
    const release = releaseOf(await listen(join(base, own)));
    if (release === null) return null;
    if (!(await othersLive(base, own))) return release;
    await release();
    return null;
  } finally {
    await forget();
  }
}

/** True where another one listens in the directory. Names of the dead are removed. */
async function othersLive(base: string, own: string): Promise<boolean> {
  const names = await readdir(base);
  const others = names.filter((name) => name.startsWith(prefix) && name !== own);
  const living = await Promise.all(
    others.map(async (name) => {
      if (await isAlive(join(base, name))) return true;
      await rm(join(base, name), { force: true });
      return false;
    }),
  );
  return living.includes(true);
}

/** The directory under a path short enough for a socket in it; `forget` removes what was made for it. */
async function shortPath(directory: string, own: string): Promise<{ base: string; forget: Release }> {
  if (Buffer.byteLength(join(directory, own)) <= longestPath)
    return { base: directory, forget: async () => {} };
  const link = await mkdtemp(join(tmpdir(), prefix));
  await symlink(await realpath(directory), join(link, 'd'));
  return { base: join(link, 'd'), forget: () => rm(link, { recursive: true }) };
}

async function pipeOf(directory: string): Promise<string> {
  const digest = createHash('sha256')
    .update(await realpath(directory))
    .digest('hex');
  return `\\\\.\\pipe\\touchstone-${digest}`;
}

/** Null where the name is taken. */
function listen(path: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    // The lock alone is no reason to go on living.
    server.unref();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(null) : reject(error),
    );
    server.listen(path, () => resolve(server));
  });
}

const releaseOf = (server: Server | null): Release | null =>
  server === null ? null : () => new Promise<void>((closed) => server.close(() => closed()));

function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    // Refused: whoever listened is dead. Not there: another one has cleared it away.
    socket.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT'),
    );
  });
}
