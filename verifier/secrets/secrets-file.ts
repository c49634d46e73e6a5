import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { fromHex, toHex } from '../../protocol/bytes.js';
import { TouchstoneError } from '../../protocol/error.js';
import { Hex32 } from '../../protocol/ids.js';

const Prime = Type.String({ pattern: '^[0-9a-f]{256}$' });
const SecretsFile = Type.Object({ version: Type.Literal(1), secret: Hex32, p: Prime, q: Prime });
const secretsFile = Compile(SecretsFile);

/** What is kept: 32 bytes that all else is derived from, and the two primes of the trapdoor, 128 bytes each. */
export interface KeptSecrets {
  readonly secret: Uint8Array;
  readonly p: Uint8Array;
  readonly q: Uint8Array;
}

/** The file in a verifier's directory. */
export const secretsPath = (dataDir: string): string => join(dataDir, 'secrets.json');

/**
 * The kept secrets; null where there is no file yet.
 * @throws TouchstoneError `secrets.unreadable`. A file that cannot be used is never touched: receipts were signed with it
 */
export async function readSecrets(dataDir: string): Promise<KeptSecrets | null> {
  const path = secretsPath(dataDir);
  try {
    const { mode } = await stat(path);
    // Windows has no such bits: Node reports everything as open there.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0)
      throw unreadable(path, `is open to other users (mode ${(mode & 0o777).toString(8)})`);
    return parse(path, await readFile(path, 'utf8'));
  } catch (error) {
    if (error instanceof TouchstoneError) throw error;
    if (isErrno(error, 'ENOENT')) return null;
    throw unreadable(path, 'could not be read', error);
  }
}

/**
 * Keeps new secrets, readable by the owner only. The whole file or none of it, also after a power cut, and never over an
 * existing one, hence `link` and not `rename`.
 * @returns false where another verifier was faster: its secrets are the secrets
 * @throws TouchstoneError `secrets.unreadable`
 */
export async function writeSecrets(dataDir: string, { secret, p, q }: KeptSecrets): Promise<boolean> {
  const content: Static<typeof SecretsFile> = {
    version: 1,
    secret: toHex(secret),
    p: toHex(p),
    q: toHex(q),
  };
  const path = secretsPath(dataDir);
  const temporary = `${path}.${toHex(randomBytes(8))}.tmp`;
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(content, null, 2)}\n`);
      await file.sync();
      await file.close();
      await link(temporary, path);
    } finally {
      await file.close().catch(() => {});
      await rm(temporary, { force: true });
    }
    await syncDirectory(dataDir);
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw unreadable(path, 'could not be written', error);
  }
}

function parse(path: string, text: string): KeptSecrets {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    // Without the cause: the parser's message quotes what it read.
    throw unreadable(path, 'is not JSON');
  }
  if (!secretsFile.Check(content)) throw unreadable(path, 'holds something else than secrets');
  return { secret: fromHex(content.secret), p: fromHex(content.p), q: fromHex(content.q) };
}

async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return; // Directories can't be opened there.
  const directory = await open(path, 'r');
  await directory.sync().finally(() => directory.close());
}

/** What is said of a file that cannot be used. */
export const unreadable = (path: string, what: string, cause?: unknown): TouchstoneError =>
  new TouchstoneError('secrets.unreadable', `The secrets file ${path} ${what}.`, { path }, { cause });

const isErrno = (error: unknown, code: string): boolean =>
  error instanceof Error && (error as NodeJS.ErrnoException).code === code;
