import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { slowCatalogue } from '../../verifier/testing/honest.js';

/** `touchstone verifier` in a process of its own, on embedded parts: what it says, and how it ends. */
export class VerifierProcess {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #said: string[];
  readonly #exited: Promise<number | null>;

  private constructor(url: string, child: ChildProcess, folder: string, said: string[]) {
    this.url = url;
    this.#child = child;
    this.#folder = folder;
    this.#said = said;
    this.#exited = once(child, 'exit').then(([code]) => code as number | null);
  }

  static async start(...flags: string[]): Promise<VerifierProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'touchstone-process-'));
    const catalogue = join(folder, 'catalogue.json');
    writeFileSync(catalogue, JSON.stringify(slowCatalogue));
    const usual = ['--port', '0', '--data', join(folder, 'data'), '--catalogue', catalogue];
    const times = ['--cohort-seconds', '0.05', '--exam-seconds', '1', '--log-level', 'debug'];
    const command = ['--import', 'tsx', 'cli/touchstone.ts', 'verifier', ...usual, ...times, ...flags];
    const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] });
    const said: string[] = [];
    const url = await new Promise<string>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        if (stream === null) continue;
        createInterface({ input: stream }).on('line', (line) => {
          said.push(line);
          const listening = /^\{"listening":"([^"]+)"/.exec(line)?.[1];
          if (listening !== undefined) resolve(listening);
        });
      }
      child.once('exit', () => reject(new Error(said.join('\n'))));
    });
    return new VerifierProcess(url, child, folder, said);
  }

  /** All that it wrote to its standard output and its standard error. */
  get said(): string {
    return this.#said.join('\n');
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** @returns its exit status */
  exited(): Promise<number | null> {
    return this.#exited;
  }

  async close(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
