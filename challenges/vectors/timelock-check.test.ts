import { readFileSync } from 'node:fs';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Squarer } from '../engines/squarer.js';
import { createSquarer } from '../engines/squaring/squarer.js';
import type { LinkAnswer, TimelockCase } from './files.js';
import { linksDifference, squarerDifference, trapdoorDifference } from './timelock-check.js';

const file = readFileSync(new URL('./answers/timelock.json', import.meta.url), 'utf8');
const squarer = createSquarer();
afterAll(() => squarer.close());

let answer: Writable;
beforeEach(() => {
  [answer] = JSON.parse(file) as [Writable];
});

type Writable = { -readonly [field in keyof TimelockCase]: TimelockCase[field] };

/** Who says that something is wrong. */
async function sayWrong(): Promise<string[]> {
  const sides = {
    links: linksDifference(answer),
    squarer: await squarerDifference(squarer, answer),
    trapdoor: trapdoorDifference(answer),
  };
  return Object.entries(sides)
    .filter(([, difference]) => difference !== null)
    .map(([side]) => side);
}

/** Another last bit. */
const altered = (hex: string) => hex.slice(0, -1) + (Number.parseInt(hex.slice(-1), 16) ^ 1).toString(16);
const alterLink = (at: number, field: keyof LinkAnswer) => {
  answer.links = answer.links.map((link, i) =>
    i === at ? { ...link, [field]: altered(link[field]) } : link,
  );
};

describe('the checks of a time-lock', () => {
  it('find nothing wrong with the answer file', async () => {
    expect(await sayWrong()).toEqual([]);
  });

  it.each<[string, () => unknown, readonly string[]]>([
    ['solution', () => alterLink(1, 'solution'), ['links', 'squarer', 'trapdoor']],
    ['base', () => alterLink(1, 'base'), ['links', 'squarer', 'trapdoor']],
    ['box', () => alterLink(2, 'box'), ['links']],
    ['walk seed', () => alterLink(0, 'walkSeed'), ['links']],
    ['number of links', () => (answer.links = answer.links.slice(0, 2)), ['links']],
    ['first base', () => (answer.firstBase = altered(answer.firstBase)), ['links']],
    ['number of squarings', () => (answer.squarings += 1), ['squarer', 'trapdoor']],
    ['modulus', () => (answer.modulus = altered(answer.modulus)), ['squarer', 'trapdoor']],
    ['factor', () => (answer.p = altered(answer.p)), ['trapdoor']],
    ['pair of factors', () => (answer.p = answer.q), ['trapdoor']],
  ])('find a wrong %s', async (_, change, found) => {
    change();
    expect(await sayWrong()).toEqual(found);
  });

  it('say which link differs, and how', async () => {
    alterLink(2, 'walkSeed');
    expect(linksDifference(answer)).toMatch(
      /^the walk seed of link 2 is [0-9a-f]{64}, must be [0-9a-f]{64}$/,
    );
    alterLink(1, 'solution');
    const wrong = /^the solution of link 1 is [0-9a-f]{512}, must be [0-9a-f]{512}$/;
    expect(trapdoorDifference(answer)).toMatch(wrong);
    expect(await squarerDifference(squarer, answer)).toMatch(wrong);
    expect(linksDifference(answer)).toBe('the box of link 1 does not open');
  });

  it('say what is wrong with factors and bases that cannot be', async () => {
    answer.p = answer.q;
    expect(trapdoorDifference(answer)).toBe('the two primes are one');
    [answer] = JSON.parse(file) as [Writable];
    answer.links = answer.links.map((link) => ({ ...link, base: answer.modulus }));
    expect(trapdoorDifference(answer)).toContain('below the modulus');
    expect(await squarerDifference(squarer, answer)).toContain('below the modulus');
  });

  it('report a squarer that gives something else, or fails', async () => {
    const idle: Squarer = { name: 'idle', square: async (_, base) => base, close: async () => {} };
    expect(await squarerDifference(idle, answer)).toContain('the solution of link 0 is ');
    const closed = createSquarer();
    await closed.close();
    expect(await squarerDifference(closed, answer)).toContain('it was closed');
  });
});
