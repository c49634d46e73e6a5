import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { workerFile } from '../../../challenges/engines/worker-file.js';
import type { VerifierOptions } from '../../../verifier/options.js';

/** A verifier of a scaled world in a process of its own, on one directory and one port through all its lives. */
export class KillableVerifier {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'touchstone-killed-'));
  /** All that it has logged so far, in all lives. */
  log = '';
  #process: ChildProcess | null = null;
  #url: URL | null = null;
  readonly #options: Partial<VerifierOptions>;

  constructor(options: Partial<VerifierOptions>) {
    this.#options = options;
  }

  async start(): Promise<URL> {
    const { filename, execArgv } = workerFile(import.meta.url, 'verifier-process');
    const port = Number(this.#url?.port ?? 0);
    const options = JSON.stringify({ ...this.#options, dataDir: this.dataDir, port });
    const started = spawn(process.execPath, [...execArgv, filename, options], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#process = started;
    const lines = createInterface({ input: started.stdout });
    return new Promise((resolve, reject) => {
      lines.on('line', (line) => {
        this.log += `${line}\n`;
        const { listening } = JSON.parse(line) as { listening?: string };
        if (listening === undefined) return;
        this.#url = new URL(listening);
        resolve(this.#url);
      });
      lines.on('close', () => reject(new Error('the verifier ended')));
    });
  }

  /** At once: nothing of it is closed or written. */
  async kill(): Promise<void> {
    const killed = this.#process;
    if (killed === null) return;
    this.#process = null;
    killed.kill('SIGKILL');
    await once(killed, 'exit');
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
