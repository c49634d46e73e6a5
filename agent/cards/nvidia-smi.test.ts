import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findNvidiaGpus, parseNvidiaSmi } from './nvidia-smi.js';

const t4 = 'GPU-d37e67a5-91dd-3774-a5cb-99096249601a, 515.105.01, 15360, 00000000:3B:00.0, Tesla T4';

describe('nvidia-smi', () => {
  it('reports one card a line, with memory in bytes', () => {
    const text = `${t4}\nGPU-19d6d965-2acc-f646-00f8-4c76979aabb4, 595.58.03, 10240, 0000E1C3:00:00.0, NVIDIA GeForce RTX 3080\n`;
    expect(parseNvidiaSmi(text)).toEqual([
      {
        kind: 'gpu',
        model: 'Tesla T4',
        vendor: 'NVIDIA',
        memoryBytes: 15360 * 1024 * 1024,
        hardwareId: 'GPU-d37e67a5-91dd-3774-a5cb-99096249601a',
        driver: '515.105.01',
        pciBusId: '00000000:3B:00.0',
      },
      {
        kind: 'gpu',
        model: 'NVIDIA GeForce RTX 3080',
        vendor: 'NVIDIA',
        memoryBytes: 10240 * 1024 * 1024,
        hardwareId: 'GPU-19d6d965-2acc-f646-00f8-4c76979aabb4',
        driver: '595.58.03',
        pciBusId: '0000E1C3:00:00.0',
      },
    ]);
  });

  it('ends its lines as Windows does', () => {
    expect(parseNvidiaSmi(`${t4}\r\n${t4}\r\n`)).toHaveLength(2);
  });

  it('leaves out what the driver does not know', () => {
    expect(parseNvidiaSmi('[N/A], [Unknown Error], [Not Supported], [N/A], NVIDIA GB10')).toEqual([
      { kind: 'gpu', model: 'NVIDIA GB10', vendor: 'NVIDIA', memoryBytes: 0 },
    ]);
  });

  it('keeps a comma in a name', () => {
    expect(parseNvidiaSmi('GPU-1, 1.2, 16, [N/A], Odd, Card')[0]?.model).toBe('Odd, Card');
  });

  it.each([
    'No devices were found',
    "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.",
    'Unable to determine the device handle for GPU 0000:01:00.0: GPU is lost. Reboot the system to recover this GPU',
    '',
  ])('finds no card in the message %j', (text) => {
    expect(parseNvidiaSmi(text)).toEqual([]);
  });

  it('makes claims that a verifier accepts, whatever the tool prints', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.string(), { maxLength: 6 }), { maxLength: 4 }), (lines) => {
        for (const card of parseNvidiaSmi(lines.map((values) => values.join(', ')).join('\n'))) {
          expect(card.model.length).toBeGreaterThan(0);
          for (const text of [card.model, card.hardwareId ?? 'x', card.driver ?? 'x']) {
            expect(text.length).toBeGreaterThan(0);
            expect(text.length).toBeLessThanOrEqual(128);
          }
          expect(Number.isSafeInteger(card.memoryBytes)).toBe(true);
        }
      }),
    );
  });
});

describe.skipIf(process.platform === 'win32')('the tool of a machine', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nvidia-smi-'));
    vi.stubEnv('PATH', `${directory}:${process.env.PATH}`);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(directory, { recursive: true });
  });
  const tool = async (script: string): Promise<void> =>
    await writeFile(join(directory, 'nvidia-smi'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });

  it('shows its cards though it calls that a failure, as it does where notes of a card are damaged', async () => {
    const warning = 'WARNING: infoROM is corrupted at gpu 0000:3B:00.0';
    await tool(`case "$*" in *mig.mode*) exit 2;; *) echo '${t4}'; echo '${warning}'; exit 14;; esac`);
    expect((await findNvidiaGpus()).map(({ model }) => model)).toEqual(['Tesla T4']);
  });

  it('shows none where it fails', async () => {
    await tool('echo "No devices were found"; exit 6');
    expect(await findNvidiaGpus()).toEqual([]);
  });
});
