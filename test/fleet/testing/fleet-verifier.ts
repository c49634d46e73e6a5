import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { workerFile } from '../../../challenges/engines/worker-file.js';
import type { VerifierOptions } from '../../../verifier/options.js';

/** What a verifier of a fleet is started with. */
export interface FleetOptions extends Partial<VerifierOptions> {
  /** Of the usual bandwidth, what a card must show; a tenth where absent. */
  readonly leastBandwidth?: number;
}

/** One verifier of a fleet, in a process of its own; its directory and its port outlive it. */
export class FleetVerifier {
  readonly port: number;
  readonly #dataDir = mkdtempSync(join(tmpdir(), 'touchstone-fleet-'));
  readonly #options: FleetOptions;
  #process: ChildProcess | null = null;
  /** All that it has logged, in all lives. */
  log = '';

  private constructor(port: number, options: FleetOptions) {
    this.port = port;
    this.#options = options;
  }

  static async at(port: number, options: FleetOptions): Promise<FleetVerifier> {
    const verifier = new FleetVerifier(port, options);
    await verifier.start();
    return verifier;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get running(): boolean {
    return this.#process !== null;
  }

  /** Resolves when it listens. */
  async start(): Promise<void> {
    const { filename, execArgv } = workerFile(import.meta.url, 'fleet-verifier-process');
    const options = JSON.stringify({ ...this.#options, dataDir: this.#dataDir, port: this.port });
    const started = spawn(process.execPath, [...execArgv, filename, options], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#process = started;
    const lines = createInterface({ input: started.stdout });
    await new Promise<void>((resolve, reject) => {
      lines.on('line', (line) => {
        this.log += `${line}\n`;
        if (line.startsWith('{"listening"')) resolve();
      });
      lines.once('close', () => reject(new Error(`a verifier of the fleet ended\n${this.log.slice(-2000)}`)));
    });
  }

  /** At once: nothing of it is closed or written. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** As an operator ends it. Resolves when it has handed over what it had. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const ended = this.#process;
    if (ended === null) return;
    this.#process = null;
    const exit = once(ended, 'exit');
    ended.kill(signal);
    await exit;
  }
}

/** Ports that nobody listens on now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  const ports = await Promise.all(
    servers.map(async (server) => {
      await once(server, 'listening');
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('no port');
      return address.port;
    }),
  );
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}
