import { type FileHandle, mkdir, open, stat, writeFile } from 'node:fs/promises';
import { TouchstoneError } from '../../protocol/error.js';
import type { Fact } from '../../scoring/facts/facts.js';
import type { Position } from './cursor.js';
import { listSegments, readAt, segmentPath, storageError, syncDirectory } from './files.js';
import { lockDirectory } from './lock.js';
import { decodeRecords, encodeRecord } from './records.js';

export interface JournalOptions {
  readonly directory: string;
  /** A new segment is begun when the current one is this long. */
  readonly segmentBytes?: number;
  /** Bytes on disk beyond which nothing more is acknowledged. */
  readonly maxBytes?: number;
}

interface Waiting {
  readonly record: Buffer;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The verifier's own log of facts: appended and flushed to disk before anything is acknowledged, shipped to
 * ClickHouse afterwards. One `append` is one record: all of its facts survive a crash, or none.
 */
export class Journal {
  readonly directory: string;
  readonly #segmentBytes: number;
  readonly #maxBytes: number;
  readonly #sizes: Map<number, number>;
  readonly #release: () => Promise<void>;
  #segment: number;
  #file: FileHandle;
  #waiting: Waiting[] = [];
  /** Of records that are not on disk yet. */
  #waitingBytes = 0;
  #writing: Promise<void> | null = null;
  #closed = false;
  /** Called after new records are durable. */
  onDurable: () => void = () => {};

  private constructor(
    options: JournalOptions,
    sizes: Map<number, number>,
    segment: number,
    file: FileHandle,
    release: () => Promise<void>,
  ) {
    this.directory = options.directory;
    this.#segmentBytes = options.segmentBytes ?? 8 * 1024 * 1024;
    this.#maxBytes = options.maxBytes ?? 4 * 1024 * 1024 * 1024;
    this.#sizes = sizes;
    this.#segment = segment;
    this.#file = file;
    this.#release = release;
  }

  /**
   * Opens or makes a journal, for this process alone. What is torn at the very end was never acknowledged where the disk kept its
   * word: it is cut off, and kept beside the segment (`….torn`) for a person where it did not.
   * @throws TouchstoneError `journal.corrupt` when an earlier segment is damaged, `journal.in-use` when another process
   *   has it, `service.storage-unavailable` when the directory can't be written
   */
  static async open(options: JournalOptions): Promise<Journal> {
    const release = await takeDirectory(options.directory);
    try {
      return await Journal.#openLocked(options, release);
    } catch (error) {
      await release();
      throw storageError(error, options.directory);
    }
  }

  static async #openLocked(options: JournalOptions, release: () => Promise<void>): Promise<Journal> {
    const segments = await listSegments(options.directory);
    const sizes = new Map<number, number>();
    let torn = false;
    for (const segment of segments) {
      const path = segmentPath(options.directory, segment);
      const { size } = await stat(path);
      const soundEnd = await soundLength(path, size);
      if (soundEnd < size && segment !== segments.at(-1)) {
        throw new TouchstoneError('journal.corrupt', `${path} is damaged at byte ${soundEnd} of ${size}`);
      }
      if (soundEnd < size) {
        await setAside(path, soundEnd, size);
        await cutTo(path, soundEnd);
        torn = true;
      }
      sizes.set(segment, soundEnd);
    }
    // Nothing is written where something else has been: a cursor may point behind it.
    const last = (segments.at(-1) ?? 1) + (torn ? 1 : 0);
    const file = await open(segmentPath(options.directory, last), 'a', 0o600);
    if (!sizes.has(last)) sizes.set(last, 0);
    await syncDirectory(options.directory);
    return new Journal(options, sizes, last, file, release);
  }

  /** Where the next record will begin: everything before is durable. */
  get durableEnd(): Position {
    return { segment: this.#segment, offset: this.#sizes.get(this.#segment) ?? 0 };
  }

  get bytes(): number {
    let sum = 0;
    for (const size of this.#sizes.values()) sum += size;
    return sum;
  }

  /**
   * Resolves when all facts are on disk. Appends that wait for the same flush share it.
   * @throws TouchstoneError `journal.full`, or `service.storage-unavailable` when the disk refuses
   */
  append(facts: readonly Fact[]): Promise<void> {
    if (this.#closed)
      return Promise.reject(new TouchstoneError('service.storage-unavailable', 'The journal is closed.'));
    if (this.bytes + this.#waitingBytes > this.#maxBytes)
      return Promise.reject(new TouchstoneError('journal.full'));
    return new Promise<void>((resolve, reject) => {
      const record = encodeRecord(Buffer.from(JSON.stringify(facts)));
      this.#waiting.push({ record, resolve, reject });
      this.#waitingBytes += record.length;
      this.#writing ??= this.#writeWaiting();
    });
  }

  /** The next whole records from a place on, about `maxBytes` of them in one segment; null when there are none. */
  async nextBatch(from: Position, maxBytes: number): Promise<{ from: Position; to: Position } | null> {
    const size = this.#sizes.get(from.segment);
    if (size === undefined || from.offset >= size) {
      const next = from.segment + 1;
      return this.#sizes.has(next) ? this.nextBatch({ segment: next, offset: 0 }, maxBytes) : null;
    }
    return { from, to: await this.#batchEnd(from, Math.min(size, from.offset + maxBytes)) };
  }

  /** All facts from one place to another in the same segment. @throws TouchstoneError `journal.corrupt` */
  async read(from: Position, end: Position): Promise<Fact[]> {
    const handle = await open(segmentPath(this.directory, from.segment), 'r');
    try {
      const bytes = await readAt(handle, from.offset, end.offset - from.offset);
      const { records, soundEnd } = decodeRecords(bytes, from.offset);
      if (soundEnd !== end.offset) {
        throw new TouchstoneError(
          'journal.corrupt',
          `segment ${from.segment} is damaged at byte ${soundEnd}`,
        );
      }
      return records.flatMap((record) => JSON.parse(record.payload.toString()) as Fact[]);
    } finally {
      await handle.close();
    }
  }

  /** Forgets segments that are wholly before `position`. @returns their numbers, for the caller to remove */
  forgetBefore(position: Position): number[] {
    const old = [...this.#sizes.keys()].filter((segment) => segment < position.segment);
    for (const segment of old) this.#sizes.delete(segment);
    return old;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing;
    await this.#file.close();
    await this.#release();
  }

  async #batchEnd(from: Position, limit: number): Promise<Position> {
    const handle = await open(segmentPath(this.directory, from.segment), 'r');
    try {
      const durable = this.#sizes.get(from.segment) ?? 0;
      const within = decodeRecords(await readAt(handle, from.offset, limit - from.offset), from.offset);
      if (within.records.length > 0) return { segment: from.segment, offset: within.soundEnd };
      // The first record alone is longer than a batch should be: take it whole.
      const rest = decodeRecords(await readAt(handle, from.offset, durable - from.offset), from.offset);
      const first = rest.records[0];
      if (first === undefined)
        throw new TouchstoneError('journal.corrupt', `segment ${from.segment} at ${from.offset}`);
      return { segment: from.segment, offset: first.end };
    } finally {
      await handle.close();
    }
  }

  async #writeWaiting(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      const bytes = Buffer.concat(batch.map((waiting) => waiting.record));
      try {
        await this.#write(bytes).finally(() => {
          this.#waitingBytes -= bytes.length;
        });
        for (const waiting of batch) waiting.resolve();
        this.onDurable();
      } catch (cause) {
        const error = new TouchstoneError('service.storage-unavailable', undefined, {}, { cause });
        for (const waiting of batch) waiting.reject(error);
      }
    }
    this.#writing = null;
  }

  async #write(bytes: Buffer): Promise<void> {
    const before = this.#sizes.get(this.#segment) ?? 0;
    try {
      await this.#file.appendFile(bytes);
      await this.#file.datasync();
    } catch (error) {
      // What was refused must not come back after a restart as if it had been acknowledged.
      // If even that fails, nothing more may be written behind the damage.
      await this.#file.truncate(before).catch(() => {
        this.#closed = true;
      });
      throw error;
    }
    this.#sizes.set(this.#segment, before + bytes.length);
    // The records are durable: that a new segment can't be begun now is no reason to refuse them.
    if (before + bytes.length >= this.#segmentBytes) await this.#beginSegment().catch(() => {});
  }

  async #beginSegment(): Promise<void> {
    const next = this.#segment + 1;
    const file = await open(segmentPath(this.directory, next), 'a', 0o600);
    await syncDirectory(this.directory);
    await this.#file.close();
    this.#file = file;
    this.#segment = next;
    this.#sizes.set(next, 0);
  }
}

async function takeDirectory(directory: string): Promise<() => Promise<void>> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return await lockDirectory(directory);
  } catch (error) {
    throw storageError(error, directory);
  }
}

async function soundLength(path: string, size: number): Promise<number> {
  const handle = await open(path, 'r');
  try {
    return decodeRecords(await readAt(handle, 0, size)).soundEnd;
  } finally {
    await handle.close();
  }
}

/** Keeps what is cut off; zeros say nothing. */
async function setAside(path: string, from: number, to: number): Promise<void> {
  const handle = await open(path, 'r');
  try {
    const bytes = await readAt(handle, from, to - from);
    if (bytes.some((byte) => byte !== 0)) await writeFile(`${path}.torn`, bytes, { mode: 0o600 });
  } finally {
    await handle.close();
  }
}

async function cutTo(path: string, length: number): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.truncate(length);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
