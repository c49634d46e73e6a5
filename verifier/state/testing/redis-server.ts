import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

/** How long a Redis may take to start on a busy machine. */
const startMs = 20_000;

/** A real Redis on a port of its own that keeps nothing, and that tests can start, flush, freeze and kill. */
export class RedisServer {
  readonly port: number;
  readonly #directory: string;
  #process: ChildProcess | null = null;

  private constructor(port: number, directory: string) {
    this.port = port;
    this.#directory = directory;
  }

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), await mkdtemp(join(tmpdir(), 'touchstone-redis-')));
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}/0`;
  }

  /** Starts it at its old port; empty, unless a snapshot was taken. Resolves when it takes commands. */
  async start(): Promise<void> {
    const nothingKept = ['--save', '', '--appendonly', 'no'];
    const process = spawn(
      'redis-server',
      ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#directory, ...nothingKept],
      { stdio: 'ignore' },
    );
    this.#process = process;
    const failed = once(process, 'exit').then(() => {
      throw new Error(`redis-server ended at its start, on port ${this.port}`);
    });
    // Who ends it later is not told of it here.
    failed.catch(() => {});
    await Promise.race([this.#answers(), failed]);
  }

  /** Ends it as an operator would, and what it left. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** Ends it as a power failure would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Away and back, empty. */
  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  /** What it would find at its next start, were it run with persistence. */
  async snapshot(): Promise<void> {
    await this.#command((redis) => redis.save());
  }

  async flush(): Promise<void> {
    await this.#command((redis) => redis.flushall());
  }

  /** How often a command was run since the start. */
  async callsOf(command: string): Promise<number> {
    let stats = '';
    await this.#command(async (redis) => {
      stats = await redis.info('commandstats');
    });
    return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
  }

  /** It stays connected and says nothing until `resume`. */
  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  /** Cuts all connections; it goes on itself. */
  async cutConnections(): Promise<void> {
    await this.#command((redis) => redis.call('CLIENT', 'KILL', 'TYPE', 'normal'));
    await this.#command((redis) => redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub'));
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const process = this.#process;
    this.#process = null;
    if (process === null || process.exitCode !== null || process.signalCode !== null) return;
    const ended = once(process, 'exit');
    process.kill(signal);
    // One that is frozen takes no other signal.
    process.kill('SIGCONT');
    await ended;
  }

  async #answers(): Promise<void> {
    const redis = new Redis(this.url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
    redis.on('error', () => {});
    const patience = setTimeout(() => redis.disconnect(), startMs);
    try {
      await redis.ping();
    } finally {
      clearTimeout(patience);
      redis.disconnect();
    }
  }

  async #command(send: (redis: Redis) => Promise<unknown>): Promise<void> {
    const redis = new Redis(this.url);
    try {
      await send(redis);
    } finally {
      redis.disconnect();
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
