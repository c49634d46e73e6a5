import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Household } from './children.js';

const directory = mkdtempSync(join(tmpdir(), 'touchstone-test-'));
afterAll(() => rmSync(directory, { recursive: true }));

const script = (name: string, text: string) => {
  const filename = join(directory, name);
  writeFileSync(filename, text);
  return { filename, execArgv: [] };
};
const alive = (pid: number | undefined): boolean => {
  try {
    return process.kill(pid ?? 0, 0);
  } catch {
    return false;
  }
};

describe('the household of a demo', () => {
  it('takes its children and its directory with it', async () => {
    const household = new Household();
    const child = household.start(
      'A child',
      script('wait.mjs', 'setInterval(() => {}, 1000); process.send(1)'),
    );
    await once(child, 'message');
    writeFileSync(join(household.directory, 'left'), 'something');
    await household.close();
    expect(alive(child.pid)).toBe(false);
    expect(existsSync(household.directory)).toBe(false);
  });

  it('says which child was lost and what it said', async () => {
    const household = new Household();
    household.start('A child', script('fail.mjs', 'process.stderr.write("no luck"); process.exitCode = 3'));
    await expect(household.lost).rejects.toThrow('A child ended (3). no luck');
    await household.close();
  });

  it('ends with its process, even where nobody closed it', async () => {
    const outer = new Household();
    const source = JSON.stringify(new URL('./children.ts', import.meta.url).href);
    const { workerFile } = await import('../challenges/engines/worker-file.js');
    const { execArgv } = workerFile(import.meta.url, 'children');
    const inner = script('inner.mjs', 'setInterval(() => {}, 1000); process.send(1)');
    const text = `
      import { once } from 'node:events';
      const { Household } = await import(${source});
      const household = new Household();
      const child = household.start('A child', ${JSON.stringify(inner)});
      await once(child, 'message');
      process.send({ pid: child.pid, directory: household.directory }, () => {
        throw new Error('something else broke');
      });`;
    const child = outer.start('A demo', { ...script('outer.mjs', text), execArgv });
    const [told] = (await once(child, 'message')) as [{ pid: number; directory: string }];
    await expect(outer.lost).rejects.toThrow('something else broke');
    // Whoever adopts the dead may take a moment to bury them.
    await expect.poll(() => alive(told.pid)).toBe(false);
    expect(existsSync(told.directory)).toBe(false);
    await outer.close();
  });
});
