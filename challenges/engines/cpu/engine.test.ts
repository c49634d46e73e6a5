import { afterAll, describe, expect, it } from 'vitest';
import { proveWalk } from '../../memory/prover.js';
import { tableSource } from '../../memory/source.js';
import { describeTableEngine } from '../testing/table-conformance.js';
import { workerFile } from '../worker-file.js';
import { createCpuTableEngine } from './engine.js';

describe('cpu table', () => describeTableEngine(() => createCpuTableEngine({ threads: 2 })));

const shape = { n: 256, layers: 1, banks: 2, bankPages: 64, walkers: 100, steps: 1, rounds: 3 } as const;
const source = tableSource(shape, new Uint8Array(32));

describe('the cpu table engine', () => {
  const dying = createCpuTableEngine({
    threads: 2,
    thread: workerFile(import.meta.url, 'testing/dying-table-thread'),
  });
  afterAll(() => dying.close());

  it('fails a walk under which a thread dies, and every one after it', async () => {
    const prepared = await dying.prepare(shape);
    await prepared.build(source);
    const failed = { code: 'engine.failed', message: expect.stringContaining('exit code 1') };
    await expect(proveWalk(prepared, shape, new Uint8Array(32))).rejects.toMatchObject(failed);
    await expect(prepared.walk(new Uint32Array(8), 0, 100)).rejects.toMatchObject(failed);
    await prepared.close();
  });

  it('fails what is still walking when it is closed', async () => {
    const engine = createCpuTableEngine({ threads: 1 });
    const prepared = await engine.prepare(shape);
    await prepared.build(source);
    const walk = prepared.walk(new Uint32Array(8), 0, 100);
    const rejected = expect(walk).rejects.toMatchObject({ code: 'engine.failed' });
    await engine.close();
    await rejected;
  });

  it('says how much memory is missing for a table that no machine holds', async () => {
    const engine = createCpuTableEngine({ threads: 1 });
    const huge = { ...shape, n: 1024, banks: 1024, bankPages: 2 ** 24 } as const;
    await expect(engine.prepare(huge)).rejects.toMatchObject({
      code: 'engine.out-of-memory',
      message: expect.stringMatching(/takes 17592\.2 GB of host memory; \d+\.\d GB are free/),
    });
    await engine.close();
  });
});
