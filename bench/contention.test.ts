import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { uniformFrom } from '../protocol/testing/uniform.js';
import { chanceOfAtLeast } from '../scoring/formula/v1/lease/chance.js';
import { atLeast, drawPoisson, overPoisson } from './chances.js';
import { probeBeside } from './foreign-load.js';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const page = readFileSync(path('../docs/double-selling.md'), 'utf8');

describe('docs/double-selling.md', () => {
  it('has the very tables that bench/contention.ts prints', () => {
    const printed = execFileSync(process.execPath, ['--import', 'tsx', path('contention.ts')], {
      encoding: 'utf8',
    });
    const tables = printed.trim().split('\n\n');
    expect(tables).toHaveLength(3);
    for (const table of tables) expect(page).toContain(`${table}\n`);
  });

  it('names programs and tests that are there, by words that they have', () => {
    const quoted = [...page.matchAll(/`([a-z]+\/[a-z/-]+\.test\.ts)`\s\(([^)]+)\)/g)];
    expect(quoted).toHaveLength(2);
    for (const [, file, words] of quoted) {
      const source = readFileSync(path(`../${file}`), 'utf8');
      for (const [, phrase] of (words as string).matchAll(/"([^"]+)"/g)) expect(source).toContain(phrase);
    }
    for (const [, program] of page.matchAll(/`([a-z-]+\.ts)`/g))
      expect(existsSync(path(`../simulator/cheats/${program}`))).toBe(true);
  });
});

describe('the chances', () => {
  it('are those of the formula', () => {
    for (const [least, all, each] of [
      [0, 5, 0.3],
      [3, 20, 0.05],
      [11, 20, 0.7],
      [20, 20, 0.9],
    ] as const)
      expect(atLeast(least, all, each)).toBeCloseTo(chanceOfAtLeast(least, all, each), 12);
    expect([atLeast(1, 5, 0), atLeast(5, 5, 1), atLeast(6, 5, 1)]).toEqual([0, 1, 0]);
  });

  it('of a Poisson count sum to 1 and have its mean, drawn or summed', () => {
    expect(overPoisson(20, () => 1)).toBeCloseTo(1, 12);
    expect(overPoisson(20, (count) => count)).toBeCloseTo(20, 9);
    const random = uniformFrom(1);
    const drawn = Array.from({ length: 5000 }, () => drawPoisson(20, random));
    expect(drawn.reduce((sum, count) => sum + count) / drawn.length).toBeCloseTo(20, 0);
  });
});

describe('a probe beside a foreign load', () => {
  it('is twice as long within a long burst, and as ever between two', async () => {
    const foreign = { load: 0.5, burstMs: 10_000 };
    expect(await probeBeside(100, foreign, 0.1)).toBeCloseTo(200, 6);
    expect(await probeBeside(100, foreign, 0.7)).toBeCloseTo(100, 6);
  });

  it('is as much longer as the load is, where that comes in pieces', async () => {
    expect(await probeBeside(100, { load: 0.3, burstMs: 1 }, 0.4)).toBeCloseTo(130, -1);
  });

  it('is hardly longer where the owner holds the other work back', async () => {
    expect(await probeBeside(100, { load: 0.5, burstMs: 5, yields: true }, 0.1)).toBeLessThan(106);
  });
});
