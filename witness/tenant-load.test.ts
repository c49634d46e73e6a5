import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gpuIsOpen, loadOfCard, parseUtilization } from './tenant-load.js';

let processes: string;
beforeEach(async () => {
  processes = await mkdtemp(join(tmpdir(), 'witness-proc-'));
});
afterEach(() => rm(processes, { recursive: true }));

async function process(pid: string, ...handles: string[]): Promise<void> {
  await mkdir(join(processes, pid, 'fd'), { recursive: true });
  for (const [at, target] of handles.entries()) await symlink(target, join(processes, pid, 'fd', String(at)));
}

describe('the processes of a container', () => {
  it('have a GPU open or not', async () => {
    await process('1', '/dev/null', '/dev/nvidiactl', '/tmp/nvidia0');
    await process('self', '/dev/nvidia0');
    expect(await gpuIsOpen(processes)).toBe(false);
    await process('2', '/dev/null', '/dev/nvidia3');
    expect(await gpuIsOpen(processes)).toBe(true);
  });

  it('are not known where there is no list of them', async () => {
    expect(await gpuIsOpen(join(processes, 'none'))).toBe(null);
  });
});

describe('what the driver says', () => {
  it('is a share for each GPU, null where it does not know', () => {
    expect(parseUtilization('37\n0\r\n[N/A]\n100\n')).toEqual([0.37, 0, null, 1]);
    expect(parseUtilization('No devices were found')).toEqual([]);
  });

  it('is never outside 0 to 1, whatever it prints', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.nat().map(String))), (lines) => {
        for (const load of parseUtilization(lines.join('\n')))
          expect(load === null || (load >= 0 && load <= 1)).toBe(true);
      }),
    );
  });
});

describe('the load of a card of the lease', () => {
  it('is nothing where no process has a GPU open, whatever the driver says', () => {
    expect(loadOfCard({ idle: true, gpus: [0.9] }, 0, 2)).toBe(0);
  });

  it('is what the driver says of the GPU at its place', () => {
    expect(loadOfCard({ idle: false, gpus: [0.2, 0.7] }, 1, 2)).toBe(0.7);
  });

  it('is not known where the container sees other GPUs than the lease has cards', () => {
    expect(loadOfCard({ idle: false, gpus: [0.2] }, 0, 2)).toBe(null);
    expect(loadOfCard({ idle: false, gpus: [] }, 0, 1)).toBe(null);
  });
});
