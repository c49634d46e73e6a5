import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where systems put a Chromium, or the browser that is made of it. */
const executables = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/lib64/chromium-browser/chromium-browser',
  '/opt/google/chrome/chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** WebGPU for pages of this machine; on Linux on the software device that Chromium brings, as everywhere in the tests. */
const flags = [
  '--headless=new',
  '--no-sandbox',
  '--no-first-run',
  '--disable-background-networking',
  '--enable-unsafe-webgpu',
  ...(process.platform === 'linux' ? ['--use-webgpu-adapter=swiftshader'] : []),
];

/** A browser that shows one page, with a profile of its own that ends with it. */
export class Chromium {
  readonly #process: ChildProcess;
  readonly #profile: string;
  #words = '';

  /** @throws Error with the command that installs one */
  constructor(url: string) {
    const executable = executables.find((path) => existsSync(path));
    if (executable === undefined) {
      throw new Error('No Chromium for the tests. Run: apt-get install -y chromium (macOS: install Chrome)');
    }
    this.#profile = mkdtempSync(join(tmpdir(), 'touchstone-browser-'));
    this.#process = spawn(executable, [...flags, `--user-data-dir=${this.#profile}`, url], {
      stdio: ['ignore', 'ignore', 'pipe'],
      // A group of its own: its helpers outlive it, and go on writing into the profile.
      detached: true,
    });
    this.#process.stderr?.on('data', (words: Buffer) => {
      this.#words = (this.#words + words.toString()).slice(-2000);
    });
  }

  /** Rejects, with the browser's last words, when it ends before it is closed. */
  async ended(): Promise<never> {
    await this.#gone();
    throw new Error(`The browser ended: ${this.#words}`);
  }

  async close(): Promise<void> {
    const { pid } = this.#process;
    if (pid !== undefined) killGroup(pid);
    await this.#gone();
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  async #gone(): Promise<void> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode === null && signalCode === null) await once(this.#process, 'exit');
  }
}

/** A browser and all that it started. It may have ended by itself. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
