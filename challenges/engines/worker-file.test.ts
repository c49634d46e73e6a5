import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { workerFile } from './worker-file.js';

describe('workerFile', () => {
  it('names what a thread can run from source', async () => {
    const { filename, execArgv } = workerFile(import.meta.url, 'testing/echo');
    const worker = new Worker(filename, { execArgv });
    expect(await once(worker, 'message')).toEqual(['4-1-0-0-0']);
    await worker.terminate();
  });

  it('names what a process can run from source', async () => {
    const { filename, execArgv } = workerFile(import.meta.url, 'testing/echo');
    const child = fork(filename, [], { execArgv });
    expect((await once(child, 'message'))[0]).toBe('4-1-0-0-0');
    child.kill();
  });

  it('names the built file in a build, with nothing to load before it', () => {
    expect(workerFile('file:///opt/touchstone/dist/verifier/proofs/pool.js', 'worker')).toEqual({
      filename: '/opt/touchstone/dist/verifier/proofs/worker.js',
      execArgv: [],
    });
  });
});
