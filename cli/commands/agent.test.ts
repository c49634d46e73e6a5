import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runProgram } from '../program.js';

let home: string;
let stderr = '';
beforeEach(async () => {
  home = join(await mkdtemp(join(tmpdir(), 'touchstone-agent-')), 'home');
  stderr = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += String(text);
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(join(home, '..'), { recursive: true });
});

const status = () => runProgram(['agent', 'status', '--verifier', 'http://127.0.0.1:1', '--home', home]);

describe('touchstone agent status', () => {
  it('says that there is no device yet, and makes no key', async () => {
    expect(await status()).toBe(1);
    expect(stderr).toContain('device.unknown');
    expect(stderr).toContain(home);
    await expect(stat(home)).rejects.toThrow();
  });

  it('refuses a key that others can read, before it asks anybody', async () => {
    await mkdir(home);
    await writeFile(join(home, 'key.json'), '{}');
    await chmod(join(home, 'key.json'), 0o644);
    expect(await status()).toBe(1);
    expect(stderr).toContain('agent.key-unreadable');
    expect(stderr).toContain('mode 644');
  });
});

describe('touchstone agent --wallet', () => {
  it.each([
    '',
    '0x52908400098527886E0F7030069857D2E4169EE7',
    '1'.repeat(31),
    'So1111111111111111111111111111111111111111l',
  ])('refuses what is no Solana address: %s', async (wallet) => {
    expect(await runProgram(['agent', '--verifier', 'http://127.0.0.1:1', '--wallet', wallet])).toBe(2);
    expect(stderr).toContain('32 bytes in base58');
  });
});
