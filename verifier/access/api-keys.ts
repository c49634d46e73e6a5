import { stat } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { Clock } from '../../protocol/clock.js';
import { TouchstoneError } from '../../protocol/error.js';
import { idOfKey, type KeptKey, type KeyRole, keysPath, readKeys } from './key-file.js';
import { bearerToken, hashOfToken } from './token.js';
import { takeOverUsed, type UsedKeys, usedNameOf, writeUsed } from './used-keys.js';

/** When a key was used is written down at most so often. */
const writeEveryMs = 60_000;

export interface ApiKeysOptions {
  /** The verifier's own directory, by which the file of what it saw is named. */
  readonly dataDir: string;
  /** Where the keys are, for several verifiers; `dataDir` where absent. */
  readonly sharedDir?: string | null;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Pick<Logger, 'error'>;
}

/** Whose a key is. */
export interface KeyHolder {
  readonly role: KeyRole;
  readonly name: string;
}

/**
 * The keys of marketplaces, investigators and operators. They are read anew when `touchstone keys` has changed them: a key that
 * was removed is worth nothing from then on, at every verifier.
 */
export class ApiKeys {
  readonly #options: ApiKeysOptions;
  readonly #directory: string;
  readonly #usedName: string;
  readonly #used: UsedKeys;
  #keys = new Map<string, KeptKey>();
  /** Of the file that `#keys` was read from. */
  #version = '';
  #writtenAt = 0;
  #writing: Promise<void> = Promise.resolve();

  private constructor(options: ApiKeysOptions, directory: string, used: UsedKeys) {
    this.#options = options;
    this.#directory = directory;
    this.#usedName = usedNameOf(options.dataDir);
    this.#used = used;
  }

  /** @throws TouchstoneError `keys.unreadable` */
  static async open(options: ApiKeysOptions): Promise<ApiKeys> {
    const directory = options.sharedDir ?? options.dataDir;
    const used = await takeOverUsed(directory, usedNameOf(options.dataDir), options.clock.now());
    const keys = new ApiKeys(options, directory, used);
    await keys.#read();
    return keys;
  }

  /**
   * @param authorization the request's `Authorization` header
   * @throws TouchstoneError `access.denied`, `keys.unreadable`
   */
  async holderOf(authorization: string | undefined): Promise<KeyHolder> {
    const token = bearerToken(authorization, 'ak');
    if (token === null) throw new TouchstoneError('access.denied');
    await this.#read();
    const key = this.#keys.get(hashOfToken(token));
    if (key === undefined) throw new TouchstoneError('access.denied');
    this.#use(key);
    return { role: key.role, name: key.name };
  }

  /** Writes down what was used last. */
  async close(): Promise<void> {
    this.#write();
    await this.#writing;
  }

  async #read(): Promise<void> {
    const version = await versionOf(keysPath(this.#directory));
    if (version === this.#version) return;
    const keys = await readKeys(this.#directory);
    this.#keys = new Map(keys.map((key) => [key.hash, key]));
    this.#version = version;
  }

  #use(key: KeptKey): void {
    const now = this.#options.clock.now();
    this.#used[idOfKey(key)] = now;
    if (now - this.#writtenAt >= writeEveryMs) this.#write();
  }

  #write(): void {
    const { clock, log } = this.#options;
    const ids = new Set([...this.#keys.values()].map(idOfKey));
    const used = Object.fromEntries(Object.entries(this.#used).filter(([id]) => ids.has(id)));
    this.#writtenAt = clock.now();
    if (Object.keys(used).length === 0) return;
    // It is for the operator's eyes only: no request fails because it can't be written.
    this.#writing = this.#writing
      .then(() => writeUsed(this.#directory, this.#usedName, used))
      .catch((error) => log.error({ err: error }, 'when keys were used could not be written down'));
  }
}

/** Another after every change: the file is replaced, never edited. */
async function versionOf(path: string): Promise<string> {
  try {
    const { ino, mtimeMs, size } = await stat(path);
    return `${ino}/${mtimeMs}/${size}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'none';
    throw new TouchstoneError('keys.unreadable', `${path} cannot be read.`, {}, { cause: error });
  }
}
