import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { knownFactors } from '../../challenges/timelock/testing/known.js';
import { toHex } from '../../protocol/bytes.js';
import { isSignedBy } from '../../protocol/signing.js';
import { Secrets } from './secrets.js';
import { secretsPath, writeSecrets } from './secrets-file.js';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'secrets-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const kept = { secret: new Uint8Array(32).fill(7), ...knownFactors };

describe('Secrets', () => {
  it('are made once, and are the same after a restart', async () => {
    const first = await Secrets.open(join(home, 'data'));
    const again = await Secrets.open(join(home, 'data'));
    expect(again.trapdoor.modulus).toEqual(first.trapdoor.modulus);
    expect(again.signing.key).toBe(first.signing.key);
    expect(again.derive('lease', 'le_1')).toEqual(first.derive('lease', 'le_1'));
  });

  it('are one, whoever of two that start at once writes them', async () => {
    const [a, b] = await Promise.all([Secrets.open(home), Secrets.open(home)]);
    expect(b.signing.key).toBe(a.signing.key);
    expect(b.trapdoor.modulus).toEqual(a.trapdoor.modulus);
    expect(await readdir(home)).toEqual(['secrets.json']);
  });

  it.skipIf(process.platform === 'win32')(
    'are for their owner only, and refused where they are not',
    async () => {
      await Secrets.open(home);
      expect((await stat(secretsPath(home))).mode & 0o777).toBe(0o600);
      await chmod(secretsPath(home), 0o640);
      await expect(Secrets.open(home)).rejects.toMatchObject({ code: 'secrets.unreadable' });
    },
  );

  it.each([
    ['no JSON', 'secret 1234'],
    ['something else', '{"version":1}'],
    [
      'numbers that are no primes',
      JSON.stringify({
        version: 1,
        secret: toHex(kept.secret),
        p: toHex(kept.p).replace(/.$/, '0'),
        q: toHex(kept.q),
      }),
    ],
  ])('are never overwritten where the file holds %s', async (_what, text) => {
    await writeFile(secretsPath(home), text, { mode: 0o600 });
    const error = await Secrets.open(home).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'secrets.unreadable' });
    // What was read may be most of a secret.
    expect(String(error)).not.toContain('1234');
    expect(await readFile(secretsPath(home), 'utf8')).toBe(text);
  });

  it('derive another key for each purpose and id, and none that an id could shift into another purpose', async () => {
    await writeSecrets(home, kept);
    const secrets = await Secrets.open(home);
    const keys = [
      secrets.derive('a', 'b'),
      secrets.derive('a', 'c'),
      secrets.derive('ab', ''),
      secrets.derive('', 'ab'),
    ].map(toHex);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.every((key) => key.length === 64)).toBe(true);
  });

  it('sign what anybody can check with the public key', async () => {
    await writeSecrets(home, kept);
    const { signing } = await Secrets.open(home);
    const signature = signing.sign('receipt', { lease: 'le_1' });
    expect(isSignedBy(signing.key, 'receipt', { lease: 'le_1' }, signature)).toBe(true);
    expect(isSignedBy(signing.key, 'witness', { lease: 'le_1' }, signature)).toBe(false);
  });
});
