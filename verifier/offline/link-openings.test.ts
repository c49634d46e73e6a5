import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashOf, noRoot } from '../../protocol/transcript.js';
import { chooseLinks, openedLinks, walkedLinks } from './link-openings.js';

const secret = fc.uint8Array({ minLength: 32, maxLength: 32 });
const links = fc.integer({ min: 1, max: 200 });

describe('chooseLinks', () => {
  it('chooses the same again, different ones, all of the chain and of the walk', () => {
    fc.assert(
      fc.property(secret, links, fc.integer({ min: 1, max: 1000 }), (of, count, walkers) => {
        const chosen = chooseLinks(of, count, walkers, 4);
        expect(chooseLinks(of, count, walkers, 4)).toEqual(chosen);
        expect(new Set(chosen.map(({ link, walker }) => `${link} ${walker}`)).size).toBe(chosen.length);
        expect(chosen.length).toBeGreaterThan(0);
        expect(chosen.length).toBeLessThanOrEqual(4);
        for (const { link, walker } of chosen) {
          expect(link).toBeGreaterThanOrEqual(1);
          expect(link).toBeLessThanOrEqual(count);
          expect(walker).toBeLessThan(walkers);
        }
      }),
    );
  });

  it('gives nothing up for links that are added, but for those links themselves', () => {
    fc.assert(
      fc.property(secret, links, links, (of, count, more) => {
        const before = chooseLinks(of, count, 1000, 4);
        for (const opening of chooseLinks(of, count + more, 1000, 4))
          if (opening.link <= count) expect(before).toContainEqual(opening);
      }),
    );
  });

  it('favours no link', () => {
    const times = new Map<number, number>();
    for (let i = 0; i < 2_000; i += 1)
      for (const { link } of chooseLinks(hashOf(`secret ${i}`), 10, 1000, 4))
        times.set(link, (times.get(link) ?? 0) + 1);
    // 800 each in the mean, with a standard deviation of 27.
    for (let link = 1; link <= 10; link += 1) {
      expect(times.get(link)).toBeGreaterThan(650);
      expect(times.get(link)).toBeLessThan(950);
    }
  });
});

describe('openedLinks', () => {
  const root = hashOf('root');
  const roots = [root, noRoot, root];
  const asked = [
    { link: 1, walker: 5 },
    { link: 2, walker: 6 },
    { link: 1, walker: 7 },
  ];
  const reveals = asked.map((opening) => ({ ...opening, leaf: 'leaf', path: 'path' }));

  it('sorts by links what was asked for, whatever else and in whatever order it came', () => {
    const more = { link: 3, walker: 1, leaf: '', path: '' };
    const [opened, ...rest] = openedLinks(asked, roots, [more, ...reveals].reverse()) ?? [];
    expect(rest).toEqual([]);
    expect(opened).toMatchObject({ link: 1, root, openings: [{ walker: 5 }, { walker: 7 }] });
    expect(opened?.reveals.map(({ walker }) => walker)).toEqual([5, 7]);
  });

  it('asks for nothing of a link after which there was no walk, and for all of the others', () => {
    expect(
      openedLinks(
        asked,
        roots,
        reveals.filter(({ link }) => link === 1),
      ),
    ).toHaveLength(1);
    expect(openedLinks(asked, roots, reveals.slice(0, 2))).toBeNull();
    expect(openedLinks(asked, [noRoot, noRoot], [])).toEqual([]);
  });

  it('counts the walks that came about', () => {
    expect(walkedLinks(roots)).toBe(2);
  });
});
