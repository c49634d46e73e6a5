import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { workerFile } from '../../challenges/engines/worker-file.js';
import { lockDirectory } from './lock.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lock-test-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const inUse = { code: 'journal.in-use' };

/** Takes the directory in a process of its own, and has that killed. */
async function dieHolding(path: string): Promise<void> {
  const { execArgv } = workerFile(import.meta.url, 'lock');
  const source = JSON.stringify(new URL('./lock.ts', import.meta.url).href);
  const text = `const { lockDirectory } = await import(${source});
    await lockDirectory(${JSON.stringify(path)});
    process.stdout.write('held');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, [...execArgv, '--input-type=module', '--eval', text], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  await expect(lockDirectory(path)).rejects.toMatchObject(inUse);
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe('a locked directory', () => {
  it('is nobody else’s until it is given back', async () => {
    const release = await lockDirectory(directory);
    await expect(lockDirectory(directory)).rejects.toMatchObject(inUse);
    await release();
    await (await lockDirectory(directory))();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('is free again when its process was killed', async () => {
    await dieHolding(directory);
    await (await lockDirectory(directory))();
  });

  it('is never two’s, however many come at once after one was killed', async () => {
    await dieHolding(directory);
    for (let i = 0; i < 4; i += 1) {
      const came = await Promise.allSettled(Array.from({ length: 6 }, () => lockDirectory(directory)));
      const won = came.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      expect(won.length).toBeLessThanOrEqual(1);
      for (const release of won) await release();
    }
    await (await lockDirectory(directory))();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('may have a longer path than a socket can', async () => {
    const deep = join(directory, 'd'.repeat(120));
    mkdirSync(deep);
    await dieHolding(deep);
    const release = await lockDirectory(deep);
    await expect(lockDirectory(deep)).rejects.toMatchObject(inUse);
    await release();
  });
});
