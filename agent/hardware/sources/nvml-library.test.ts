import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { captureOf, read } from '../testing/host-sources.js';
import { nvmlLibrary } from './nvml-library.js';

it('the library is known by the version of its file and by its bytes', () => {
  const sha256 = captureOf('bare-metal', nvmlLibrary).slice(0, 64);
  expect(read('bare-metal', nvmlLibrary)).toEqual({ host: { nvml: { version: '570.133.20', sha256 } } });
});

it('one without a version, as in WSL2, has its bytes only', () => {
  const text = `${'ab'.repeat(32)}  /usr/lib/wsl/lib/libnvidia-ml.so.1\n`;
  expect(nvmlLibrary.parse(text)?.host?.nvml).toEqual({ version: null, sha256: 'ab'.repeat(32) });
});

it('another library says nothing', () => {
  expect(nvmlLibrary.parse(`${'ab'.repeat(32)}  /usr/lib/libc.so.6\n`)).toBeNull();
});

it.runIf(process.platform === 'linux')(
  'the one that programs would load is read, though a link names it',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'nvml-'));
    try {
      writeFileSync(join(folder, 'libnvidia-ml.so.999.88.77'), 'bytes');
      symlinkSync('libnvidia-ml.so.999.88.77', join(folder, 'libnvidia-ml.so.1'));
      const [origin] = nvmlLibrary.origins;
      if (origin === undefined || !('command' in origin)) throw new Error('no command');
      const [program, ...args] = origin.command;
      const env = { ...process.env, LD_LIBRARY_PATH: `/nowhere:${folder}` };
      const printed = execFileSync(program, args, { env, encoding: 'utf8' });
      expect(nvmlLibrary.parse(printed)?.host?.nvml).toEqual({
        version: '999.88.77',
        sha256: createHash('sha256').update('bytes').digest('hex'),
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
