import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * ClickHouse over HTTP, as `@clickhouse/client` speaks it, in a process of its own: the engine is chdb's, so what it
 * answers is what a server answers. One directory and one port through all its lives; gone at `close`.
 *
 *     const server = new ClickHouseServer();
 *     const url = await server.start();
 *     await server.stop();   // away: nobody listens
 *     await server.start();  // back, with all it had
 *
 * It does one request after the other. What it has not: users, sessions, compression, progress.
 */
export class ClickHouseServer {
  readonly #dataDir = mkdtempSync(join(tmpdir(), 'touchstone-clickhouse-'));
  #process: ChildProcess | null = null;
  #port = 0;

  /** Where it listens. The same after a restart; known after the first start. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Resolves with its address when it answers. */
  async start(): Promise<string> {
    if (this.#process !== null) return this.url;
    const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
    const file = fileURLToPath(new URL('./clickhouse-process.ts', import.meta.url));
    const started = spawn(
      process.execPath,
      ['--import', tsx, file, this.#dataDir, String(this.#port)],
      // The pipe to its input ends with us, however we end, and it ends with the pipe.
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    this.#process = started;
    const lines = createInterface({ input: started.stdout });
    const port = await new Promise<string>((resolve, reject) => {
      lines.once('line', resolve);
      lines.once('close', () => reject(new Error('the ClickHouse of the test did not start')));
    });
    this.#port = Number(port);
    return this.url;
  }

  /** Ends what it does and goes; its port refuses from then on. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** At once, in the middle of whatever it does. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** It takes connections and answers nothing, as a server that swaps or a network that drops. */
  freeze(): void {
    this.#process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process?.kill('SIGCONT');
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const ended = this.#process;
    if (ended === null) return;
    this.#process = null;
    if (ended.exitCode !== null || ended.signalCode !== null) return;
    const exit = once(ended, 'exit');
    ended.kill(signal);
    await exit;
  }
}
