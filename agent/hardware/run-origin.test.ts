import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { askOrigin, mostSourceBytes } from './run-origin.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'origin-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true });
});

const node = (script: string) => askOrigin({ command: [process.execPath, '-e', script] });

describe.skipIf(process.platform === 'win32')('an origin', () => {
  it('is what a command prints, in no language but its own, with nothing to wait for on its input', async () => {
    vi.stubEnv('LC_ALL', 'de_DE.UTF-8');
    const script = 'process.stdin.resume().on("end", () => console.log(process.env.LC_ALL))';
    expect(await node(script)).toEqual({ text: 'C\n' });
  });

  it('gives a command its words as they are: no shell reads them', async () => {
    const words = ['$(id)', '; id', '`id`', '*'] as const;
    const command = [process.execPath, '-p', 'JSON.stringify(process.argv.slice(1))', ...words] as const;
    expect(await askOrigin({ command: [...command] })).toEqual({ text: `${JSON.stringify(words)}\n` });
  });

  it('counts though the tool calls it a failure: it warns so', async () => {
    expect(await node('console.log("all of it"); process.exit(14)')).toEqual({
      text: 'all of it\n',
      unread: 'failed with 14',
    });
  });

  it('is nothing where there is no such command or file, and says so where it may not be read', async () => {
    expect(await askOrigin({ command: ['there-is-no-such-tool', '-L'] })).toEqual({});
    expect(await askOrigin({ path: join(directory, 'none') })).toEqual({});
    expect(await askOrigin({ path: directory })).toEqual({});
    expect(await askOrigin({ paths: join(directory, 'none', '*', 'x') })).toEqual({});
    await writeFile(join(directory, 'tool'), '#!/bin/sh\n', { mode: 0o600 });
    expect(await askOrigin({ command: [join(directory, 'tool')] })).toEqual({ unread: 'permission denied' });
  });

  it('is never more than fits', async () => {
    expect(await node(`process.stdout.write("x".repeat(${mostSourceBytes + 1}))`)).toEqual({
      unread: 'too large',
    });
    await writeFile(join(directory, 'large'), Buffer.alloc(mostSourceBytes + 1, 'x'));
    expect(await askOrigin({ path: join(directory, 'large') })).toEqual({ unread: 'too large' });
    await writeFile(join(directory, 'just'), Buffer.alloc(mostSourceBytes, 'x'));
    expect((await askOrigin({ path: join(directory, 'just') })).text).toHaveLength(mostSourceBytes);
    expect(await askOrigin({ paths: `${directory}/*` })).toMatchObject({ unread: 'too large' });
  });

  it('is not waited for long, not even where what the command has started lives on', async () => {
    const command = ['sh', '-c', 'echo begun; sleep 60 & wait'] as const;
    expect(await askOrigin({ command: [...command] }, 50)).toEqual({ unread: 'no answer in 0.05 s' });
  });

  it('waits for nobody who might write into a pipe that lies there', async () => {
    execFileSync('sh', ['-c', 'mkfifo "$0"', join(directory, 'pipe')]);
    expect(await askOrigin({ path: join(directory, 'pipe') })).toEqual({});
  });

  it('is a file that the kernel writes as it is read', async () => {
    expect((await askOrigin({ path: '/proc/self/status' })).text).toContain('Pid:');
  });

  it('is several files, in the order of their names, each under its own', async () => {
    for (const [name, text] of [
      ['b', 'of b\n'],
      ['a', 'of a'],
      ['c', 'of c\0'],
    ] as const) {
      await mkdir(join(directory, name));
      await writeFile(join(directory, name, 'information'), text);
    }
    await symlink(join(directory, 'a'), join(directory, 'linked'));
    await writeFile(join(directory, 'file'), 'no folder');
    const heads = (names: readonly string[]) =>
      names.map((name) => `==> ${directory}/${name}/information <==\nof ${name === 'linked' ? 'a' : name}\n`);
    expect(await askOrigin({ paths: `${directory}/*/information` })).toEqual({
      text: heads(['a', 'b', 'c', 'linked']).join(''),
    });
    expect(await askOrigin({ paths: `${directory}/l*d/inform*` })).toEqual({
      text: heads(['linked']).join(''),
    });
  });

  it.runIf(process.getuid?.() !== 0)('keeps the files that it may read where there are others', async () => {
    await writeFile(join(directory, 'a'), 'of a');
    await writeFile(join(directory, 'b'), 'of b');
    await chmod(join(directory, 'b'), 0);
    expect(await askOrigin({ paths: `${directory}/*` })).toEqual({
      text: `==> ${directory}/a <==\nof a\n`,
      unread: 'permission denied',
    });
    expect(await askOrigin({ path: join(directory, 'b') })).toEqual({ unread: 'permission denied' });
  });

  it('is those of its variables that are set, one line each', async () => {
    vi.stubEnv('TOUCHSTONE_TEST_A', 'one\ntwo');
    expect(await askOrigin({ variables: ['TOUCHSTONE_TEST_A', 'TOUCHSTONE_TEST_B'] })).toEqual({
      text: 'TOUCHSTONE_TEST_A=one two\n',
    });
    expect(await askOrigin({ variables: ['TOUCHSTONE_TEST_B'] })).toEqual({});
  });
});
