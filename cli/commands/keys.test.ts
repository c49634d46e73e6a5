import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiKeys } from '../../verifier/access/api-keys.js';
import { registerKeys } from './keys.js';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'touchstone-keys-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(dataDir, { recursive: true, force: true });
});

async function keys(...args: string[]): Promise<string> {
  let out = '';
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text;
    return true;
  });
  const program = new Command('touchstone').exitOverride();
  registerKeys(program);
  await program.parseAsync(['keys', ...args, '--data', dataDir], { from: 'user' });
  vi.restoreAllMocks();
  return out;
}

describe('touchstone keys', () => {
  it('makes a key that a running verifier takes, shows it, and takes it away', async () => {
    const running = await ApiKeys.open({ dataDir, clock: { now: () => 0 }, log: { error: () => {} } });
    const key = (await keys('add', 'market')).trim();
    expect(await running.holderOf(`Bearer ${key}`)).toEqual({ role: 'marketplace', name: 'market' });
    await running.close();
    const [titles, row] = (await keys('list')).split('\n');
    expect(titles).toMatch(/^id +key +name +role +made +last used$/);
    expect(row).toMatch(
      /^[0-9a-f]{12} {2}ak_[0-9a-f]{6}… {2}market {2}marketplace {2}[-0-9T:]{16} {2}1970-01-01T00:00$/,
    );
    expect(row).toContain(` ${key.slice(0, 9)}… `);
    expect(row).not.toContain(key.slice(0, 10));
    await keys('remove', row?.slice(0, 12) ?? '');
    await expect(running.holderOf(`Bearer ${key}`)).rejects.toMatchObject({ code: 'access.denied' });
    expect((await keys('list')).split('\n')).toHaveLength(2);
  });

  it('makes keys of each role, in the directory that verifiers share', async () => {
    const shared = join(dataDir, 'shared');
    for (const role of ['marketplace', 'investigator', 'operator'])
      await keys('add', role, '--role', role, '--shared', shared);
    expect((await keys('list', '--shared', shared)).match(/investigator/g)).toHaveLength(2);
    expect((await keys('list')).split('\n')).toHaveLength(2);
  });

  it('refuses a name that is none, and an id that is none', async () => {
    await expect(keys('add', 'a b')).rejects.toMatchObject({ code: 'keys.name-invalid' });
    await expect(keys('remove', '0')).rejects.toMatchObject({ code: 'keys.unknown' });
    await expect(keys('add', 'market', '--role', 'king')).rejects.toThrow();
  });
});
