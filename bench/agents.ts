// What connected agents cost one verifier process: `npm run bench:agents`. For each number of agents, one verifier in a process of
// its own with embedded parts: memory for each connection, processor time for each minute of presence, and how long a command
// takes there and back beside them. What matters is how each grows with the number. Linux.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { IdleAgent } from './agents/idle-agent.js';
import { processorSeconds, residentBytes } from './agents/process-figures.js';
import { print, type Row } from './markdown.js';

/** So many come at a time. */
const atOnce = 50;
/** After the last has come: what its coming left behind is collected, or is there to stay. */
const settleMs = 20_000;
/** Two minutes: each has its roll once. */
const watchedMs = 120_000;
const roundTrips = 2_000;

const counts = process.argv.slice(2).map(Number);

interface Served {
  readonly url: string;
  readonly pid: number;
  readonly process: ChildProcess;
}

async function serve(dataDir: string): Promise<Served> {
  const script = fileURLToPath(new URL('./agents/verifier-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.stdout === null || child.pid === undefined) throw new Error('no verifier');
  for await (const line of createInterface(child.stdout)) {
    return { url: (JSON.parse(line) as { listening: string }).listening, pid: child.pid, process: child };
  }
  throw new Error('the verifier ended before it listened');
}

async function connectAll(url: string, count: number): Promise<IdleAgent[]> {
  const agents = Array.from({ length: count }, () => new IdleAgent(url));
  const waiting = [...agents];
  const connect = async () => {
    for (let agent = waiting.pop(); agent !== undefined; agent = waiting.pop()) await agent.connect();
  };
  await Promise.all(Array.from({ length: atOnce }, connect));
  return agents;
}

/** The time below which a share of the values lie. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

async function measure(count: number): Promise<Row> {
  const dataDir = mkdtempSync(join(tmpdir(), 'touchstone-bench-agents-'));
  const served = await serve(dataDir);
  const { url, pid } = served;
  try {
    // What every verifier has, whoever comes, is made by the first few.
    const first = await connectAll(url, atOnce);
    await sleep(settleMs);
    const before = residentBytes(pid);
    const agents = await connectAll(url, count);
    await sleep(settleMs);
    const memory = (residentBytes(pid) - before) / count;
    const used = processorSeconds(pid);
    await sleep(watchedMs);
    const perMinute = ((processorSeconds(pid) - used) / watchedMs) * 60_000;
    const times: number[] = [];
    for (let i = 0; i < roundTrips; i += 1) {
      times.push((await agents[Math.floor((i * count) / roundTrips)]?.roundTrip()) ?? Number.NaN);
    }
    for (const agent of [...first, ...agents]) agent.close();
    return {
      agents: String(count),
      'KiB each': (memory / 1024).toFixed(1),
      'processor s a minute': perMinute.toFixed(2),
      'ms of it for each agent': ((perMinute / count) * 1000).toFixed(3),
      'command ms, median': quantile(times, 0.5).toFixed(2),
      'command ms, p99': quantile(times, 0.99).toFixed(2),
    };
  } finally {
    served.process.kill('SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const rows: Row[] = [];
for (const count of counts.length > 0 ? counts : [1_000, 3_000, 10_000]) rows.push(await measure(count));
print(rows);
