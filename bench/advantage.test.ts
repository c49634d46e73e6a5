import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const cheats = readdirSync(path('../simulator/cheats'), { recursive: true, encoding: 'utf8' });
const page = readFileSync(path('../docs/cheaters-advantage.md'), 'utf8');

describe('docs/cheaters-advantage.md', () => {
  it('has the very tables that bench/advantage.ts prints', () => {
    const printed = execFileSync(process.execPath, ['--import', 'tsx', path('advantage.ts')], {
      encoding: 'utf8',
    });
    const tables = printed.trim().split('\n\n');
    expect(tables).toHaveLength(5);
    for (const table of tables) expect(page).toContain(`${table}\n`);
  });

  it('names programs and tests that are there', () => {
    const programs = [...page.matchAll(/`([a-z-]+\.ts)`/g)].map(([, name]) => name ?? '');
    const tests = [...page.matchAll(/`([a-z]+\/[a-z/-]+\.test\.ts)`/g)].map(([, name]) => `../${name}`);
    expect(programs.length).toBeGreaterThan(15);
    expect(tests.length).toBeGreaterThan(15);
    expect(cheats.map((file) => basename(file))).toEqual(expect.arrayContaining(programs));
    for (const file of tests) expect(existsSync(path(file)), file).toBe(true);
  });

  it('quotes tests by words that they have', () => {
    const quoted = [...page.matchAll(/`([a-z]+\/[a-z/-]+\.test\.ts)`,? \(("[^)]+")\)/g)];
    expect(quoted.length).toBeGreaterThan(8);
    for (const [, file, words] of quoted) {
      const source = readFileSync(path(`../${file}`), 'utf8');
      for (const [, phrase] of (words as string).matchAll(/"([^"]+)"/g))
        expect(source, `${file}: ${phrase}`).toContain(phrase);
    }
  });

  it('leaves out no cheat that there is', () => {
    // What cheats are made of.
    const parts = ['all-of.ts', 'session.ts', 'agent.ts', 'made-up-links.ts'];
    const files = cheats.map((file) => basename(file)).filter((name) => /^[a-z-]+\.ts$/.test(name));
    const left = files.filter((name) => !parts.includes(name) && !page.includes(`\`${name}\``));
    expect(left).toEqual([]);
  });
});
