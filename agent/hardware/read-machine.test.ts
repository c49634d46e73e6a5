import { describe, expect, it } from 'vitest';
import { readMachine } from './read-machine.js';
import type { Answer } from './run-origin.js';
import type { Origin, Source } from './source.js';
import { sources } from './sources.js';

const source = (name: string, more: Partial<Source> = {}): Source => ({
  name,
  extension: 'txt',
  platforms: ['linux'],
  origins: [{ path: `/${name}` }],
  isOf: () => true,
  parse: (text) => ({ host: { kernel: text } }),
  ...more,
});

const ask = (answers: Record<string, Answer>) => async (origin: Origin) =>
  answers['path' in origin ? origin.path : 'paths' in origin ? origin.paths : 'command'] ?? {};

const read = (all: readonly Source[], answers: Record<string, Answer>) =>
  readMachine({ sources: all, platform: 'linux', ask: ask(answers) });

describe('reading a machine', () => {
  it('takes the first origin of a source whose text it understands', async () => {
    const two = source('a', {
      origins: [
        { command: ['a'] },
        { path: '/blank' },
        { path: '/odd' },
        { path: '/good' },
        { path: '/late' },
      ],
      parse: (text) => (text.startsWith('good') ? { host: { kernel: text } } : null),
    });
    const answers = {
      command: { unread: 'failed with 9' },
      '/blank': { text: ' \n' },
      '/odd': { text: 'odd' },
    };
    const { host, unread } = await read([two], {
      ...answers,
      '/good': { text: 'good' },
      '/late': { text: 'good too' },
    });
    expect([host.kernel, unread]).toEqual(['good', []]);
    expect((await read([two], answers)).unread).toEqual(['a: failed with 9']);
    expect((await read([two], { '/odd': { text: 'odd' } })).unread).toEqual(['a: not understood']);
    expect((await read([two], {})).unread).toEqual([]);
  });

  it('goes on where one source fails, and says what could not be read', async () => {
    const broken = source('broken', {
      parse: () => {
        throw new Error('a fault');
      },
    });
    const parts = source('dmi', { origins: [{ paths: '/parts' }] });
    const answers = {
      '/broken': { text: 'x' },
      '/a': { unread: 'permission denied' },
      '/parts': { text: 'some', unread: 'permission denied' },
    };
    const { host, unread } = await read([broken, source('a'), parts], answers);
    expect(host.kernel).toBe('some');
    expect(unread).toEqual(['broken: not understood', 'a: permission denied', 'dmi: permission denied']);
  });

  it('asks only sources of this system', async () => {
    const mac = source('mac', { platforms: ['darwin'] });
    expect((await read([mac], { '/mac': { text: 'x' } })).host.kernel).toBeNull();
  });

  it('reads the real one', async () => {
    const { host } = await readMachine();
    expect(host.os).toBe(
      { linux: 'linux', darwin: 'darwin', win32: 'windows' }[String(process.platform)] ?? null,
    );
  });
});

describe('the sources', () => {
  it('have names of their own, which can be names of files', () => {
    const names = sources.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z-]+$/);
    expect(names).not.toContain('unread');
  });
});
