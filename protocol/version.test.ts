import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isOlder, version } from './version.js';

it('is the version of the package', () => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as object;
  expect(manifest).toMatchObject({ version });
});

describe('isOlder', () => {
  it.each([
    ['0.1.0', '0.1.1', true],
    ['0.9.1', '0.10.0', true],
    ['1.0.0', '0.99.99', false],
    ['1.2.3', '1.2.3', false],
    ['1.2.3-beta', '1.2.3', false],
    ['', '0.0.0', true],
    ['newest', '0.1.0', true],
    ['0.1.0', 'newest', false],
  ])('%s before %s: %s', (a, b, older) => expect(isOlder(a, b)).toBe(older));
});
