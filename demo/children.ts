import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkerFile } from '../challenges/engines/worker-file.js';

/** A child that was asked to stop is killed after this long. */
const patienceMs = 5000;
/** What is kept of a child's complaints, in characters. */
const lastWordsLength = 2000;

/**
 * The processes and the directory of one demo. However the demo ends, by its own will, an error or a signal, they
 * end with it.
 */
export class Household {
  /** An empty directory for everything that is written. */
  readonly directory = mkdtempSync(join(tmpdir(), 'touchstone-demo-'));
  /** Rejects when a child ends that was not asked to, with what it said last. */
  readonly lost: Promise<never>;
  readonly #children = new Set<ChildProcess>();
  readonly #lastResort = () => this.#end();
  #lose: (error: Error) => void = () => {};
  #closing = false;

  constructor() {
    this.lost = new Promise((_resolve, reject) => {
      this.#lose = reject;
    });
    // Whoever waits for something else at that moment hears of it later, or never.
    this.lost.catch(() => {});
    process.once('exit', this.#lastResort);
  }

  /**
   * Starts one of our own files as a process with an IPC channel. Its stdin is closed; its stdout is a pipe.
   *
   * @param title what to call it when it is lost
   * @param env added to this process' own
   */
  start(
    title: string,
    { filename, execArgv }: WorkerFile,
    args: readonly string[] = [],
    env: NodeJS.ProcessEnv = {},
  ): ChildProcess {
    const child = spawn(process.execPath, [...execArgv, filename, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    let lastWords = '';
    // Unread pipes fill up and stop whoever writes into them.
    child.stdout?.resume();
    child.stderr?.on('data', (chunk: Buffer) => {
      lastWords = (lastWords + chunk.toString()).slice(-lastWordsLength);
    });
    this.#children.add(child);
    child.once('error', (error) => this.#lose(error));
    child.once('exit', (code, signal) => {
      this.#children.delete(child);
      if (!this.#closing)
        this.#lose(new Error(`${title} ended (${signal ?? code}). ${lastWords.trim()}`.trim()));
    });
    return child;
  }

  /** Asks every child to stop, insists after a while, and removes the directory. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all([...this.#children].map(stop));
    this.#end();
    process.off('exit', this.#lastResort);
  }

  #end(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    // A killed child may still be writing for an instant.
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}

async function stop(child: ChildProcess): Promise<void> {
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const insist = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  child.kill('SIGTERM');
  await gone;
  clearTimeout(insist);
}
