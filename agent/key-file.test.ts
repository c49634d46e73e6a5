import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import nacl from 'tweetnacl';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromHex } from '../protocol/bytes.js';
import { signingBytes } from '../protocol/signing.js';
import { keyPath, loadIdentity, loadOrMakeIdentity } from './key-file.js';

let parent: string;
let home: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'touchstone-key-'));
  home = join(parent, 'home');
});
afterEach(async () => await rm(parent, { recursive: true }));

const mode = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

describe('key file', () => {
  it('is made on the first run, for its owner alone, and leaves nothing else behind', async () => {
    await loadOrMakeIdentity(home);
    expect(await mode(home)).toBe(0o700);
    expect(await mode(keyPath(home))).toBe(0o600);
    expect(await readdir(home)).toEqual(['key.json']);
  });

  it('is the same device at every start', async () => {
    const first = await loadOrMakeIdentity(home);
    const again = await loadOrMakeIdentity(home);
    expect(again.device).toBe(first.device);
    expect((await loadIdentity(home))?.device).toBe(first.device);
  });

  it('signs what the device id verifies', async () => {
    const identity = await loadOrMakeIdentity(home);
    const message = { device: identity.device, nonce: 'no_00' };
    const signature = fromHex(identity.sign('session', message));
    const key = fromHex(identity.device);
    expect(nacl.sign.detached.verify(signingBytes('session', message), signature, key)).toBe(true);
    expect(nacl.sign.detached.verify(signingBytes('enrol', message), signature, key)).toBe(false);
  });

  it('is one key where two agents start at once', async () => {
    const devices = await Promise.all([1, 2, 3, 4].map(async () => (await loadOrMakeIdentity(home)).device));
    expect(new Set(devices).size).toBe(1);
    expect(await readdir(home)).toEqual(['key.json']);
  });

  it('is refused while other users can read it', async () => {
    await loadOrMakeIdentity(home);
    await chmod(keyPath(home), 0o640);
    await expect(loadOrMakeIdentity(home)).rejects.toMatchObject({ code: 'agent.key-unreadable' });
  });

  it.each([
    ['cut off', (text: string) => text.slice(0, 60)],
    ['empty', () => ''],
    ['of another form', () => '{"secret":"00"}'],
    ['changed in its secret', (text: string) => text.replace(/("secret": ")../, '$1zz')],
    [
      'of two different keys',
      (text: string) => text.replace(/("secret": ")./, (_, a) => `${a}${text.includes(`${a}0`) ? '1' : '0'}`),
    ],
  ])('that is %s is refused and kept as it is', async (_, damage) => {
    await loadOrMakeIdentity(home);
    const damaged = damage(await readFile(keyPath(home), 'utf8'));
    await writeFile(keyPath(home), damaged);
    await expect(loadOrMakeIdentity(home)).rejects.toMatchObject({ code: 'agent.key-unreadable' });
    expect(await readFile(keyPath(home), 'utf8')).toBe(damaged);
  });

  it('is refused where something else stands in its place', async () => {
    await mkdir(keyPath(home), { recursive: true, mode: 0o700 });
    await expect(loadOrMakeIdentity(home)).rejects.toMatchObject({ code: 'agent.key-unreadable' });
  });

  it('is not made by only looking', async () => {
    expect(await loadIdentity(home)).toBeNull();
    await expect(stat(home)).rejects.toThrow();
  });
});
