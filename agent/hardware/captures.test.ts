import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TouchstoneError } from '../../protocol/error.js';
import { readCaptures, writeCaptures } from './captures.js';
import { captureMachine, reportOf } from './read-machine.js';
import { mostSourceBytes } from './run-origin.js';
import { sources } from './sources.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'captures-'));
});
afterEach(async () => await rm(directory, { recursive: true }));

const list = (id: string): string => `GPU 0: NVIDIA A10 (UUID: GPU-${id}-91dd-3774-a5cb-99096249601a)\n`;
const proc = 'Model: \t\t NVIDIA A10\nBus Location: \t 0000:01:00.0\n';

async function put(files: Record<string, string | Buffer>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), content);
  }
}

/** Name, files and sources of each host. */
async function hosts(path = directory) {
  const read = await readCaptures(path);
  return read.map(({ name, files, captures }) => [name, files, captures.map(({ source }) => source.name)]);
}

const failing = async (path: string): Promise<string> =>
  await readCaptures(path).then(
    () => 'no error',
    (error: unknown) => (error instanceof TouchstoneError ? error.code : String(error)),
  );

describe('captures', () => {
  it('of one machine are a folder with one file of each source, of whatever names', async () => {
    await put({ 'nvidia-smi-list.txt': list('d37e67a5'), 'from bob.log': proc, 'README.md': 'Hello.' });
    expect(await hosts()).toEqual([
      ['.', ['from bob.log', 'nvidia-smi-list.txt'], ['proc-nvidia', 'nvidia-smi-list']],
    ]);
  });

  it('are a machine each where a folder has several of one source', async () => {
    await put({ 'a.txt': list('d37e67a5'), 'b.txt': list('19d6d965'), 'c.txt': proc });
    expect(await hosts()).toEqual([
      ['a.txt', ['a.txt'], ['nvidia-smi-list']],
      ['b.txt', ['b.txt'], ['nvidia-smi-list']],
      ['c.txt', ['c.txt'], ['proc-nvidia']],
    ]);
  });

  it('are a machine for each folder within', async () => {
    await put({ 'one/nvidia-smi-list.txt': list('d37e67a5'), 'two/deep/x': proc, 'empty/x': 'nothing' });
    expect((await hosts()).map(([name]) => name)).toEqual(['one', 'two/deep']);
  });

  it('are a single file', async () => {
    await put({ x: proc });
    expect(await hosts(join(directory, 'x'))).toEqual([['x', ['x'], ['proc-nvidia']]]);
  });

  it("are read as Windows' shell writes them", async () => {
    const text = Buffer.from(`\ufeff${list('d37e67a5').replace('\n', '\r\n')}`, 'utf16le');
    await put({ 'nvidia-smi-list.txt': text });
    expect(await hosts()).toEqual([['.', ['nvidia-smi-list.txt'], ['nvidia-smi-list']]]);
  });

  it('are not what lies behind a link, nor what is no text', async () => {
    await put({
      'in/a.txt': proc,
      'out/b.txt': list('d37e67a5'),
      'in/c.bin': Buffer.from(`\0\x01\x02${proc}`),
    });
    await symlink(join(directory, 'out', 'b.txt'), join(directory, 'in', 'nvidia-smi-list.txt'));
    await symlink(join(directory, 'out'), join(directory, 'in', 'more'));
    await symlink(join(directory, 'in'), join(directory, 'in', 'round'));
    expect(await hosts(join(directory, 'in'))).toEqual([['.', ['a.txt'], ['proc-nvidia']]]);
  });

  it('that are too large are left out, and said so', async () => {
    await put({ 'a.txt': proc, 'nvidia-smi.xml': Buffer.alloc(mostSourceBytes + 1, 'x') });
    const [host] = await readCaptures(directory);
    expect(host?.unread).toEqual(['nvidia-smi.xml: too large']);
    expect(await failing(join(directory, 'nvidia-smi.xml'))).toBe('inspect.unreadable');
  });

  it('fail by a code where there are none, or where they cannot be opened', async () => {
    expect(await failing(join(directory, 'none'))).toBe('inspect.unreadable');
    expect(await failing(directory)).toBe('inspect.nothing');
    await put({ x: 'Hello.' });
    expect(await failing(directory)).toBe('inspect.nothing');
    expect(await failing(join(directory, 'x'))).toBe('inspect.nothing');
    expect(await failing('/dev/null')).toBe('inspect.unreadable');
    const many = [...Array(4097).keys()].map((at) => writeFile(join(directory, String(at)), ''));
    await Promise.all(many);
    expect(await failing(directory)).toBe('inspect.unreadable');
  });

  it('of this machine make the same report when they are read again', async () => {
    const captured = await captureMachine();
    const kept = { ...captured, unread: [...captured.unread, 'dmi: permission denied'] };
    const target = join(directory, 'kept');
    const files = await writeCaptures(target, kept);
    expect((await readdir(target)).sort()).toEqual([...files].sort());
    expect((await stat(join(target, 'unread.txt'))).mode & 0o777).toBe(0o600);
    const [host, ...others] = await readCaptures(target);
    expect(others).toEqual([]);
    expect(host && reportOf(host)).toEqual(reportOf(kept));
  });

  it('are not written among others', async () => {
    await put({ 'nvidia-smi-list.txt': list('d37e67a5') });
    await expect(writeCaptures(directory, { captures: [], unread: ['x'] })).rejects.toMatchObject({
      code: 'inspect.unreadable',
    });
    expect(await readFile(join(directory, 'nvidia-smi-list.txt'), 'utf8')).toBe(list('d37e67a5'));
    expect(await readdir(directory)).toHaveLength(1);
  });

  it('never fail but by their two codes, whatever is in the folder', async () => {
    const names = [...sources.map(({ name, extension }) => `${name}.${extension}`), 'unread.txt', 'a', 'b'];
    const seeds = [
      list('d37e67a5'),
      proc,
      '<nvidia_smi_log><gpu id="1">',
      '{"card0":{}}',
      'Slot:\t1\nClass:\tVGA [0300]\n',
    ];
    const content = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      fc
        .tuple(fc.constantFrom(...seeds), fc.string(), fc.nat(80))
        .map(([text, more, at]) => text.slice(0, at) + more + text.slice(at)),
    );
    const folder = fc.dictionary(
      fc.tuple(fc.constantFrom('', 'sub/'), fc.constantFrom(...names)).map((parts) => parts.join('')),
      content,
      { maxKeys: 6 },
    );
    await fc.assert(
      fc.asyncProperty(folder, async (files) => {
        await rm(directory, { recursive: true });
        await mkdir(directory);
        await put(files);
        const read = await readCaptures(directory).catch((error: unknown) => {
          if (error instanceof TouchstoneError && error.code.startsWith('inspect.')) return [];
          throw error;
        });
        const again = read.length > 0 ? await readCaptures(directory) : [];
        expect(again.map(reportOf)).toEqual(read.map(reportOf));
      }),
      { numRuns: 150 },
    );
  });
});
