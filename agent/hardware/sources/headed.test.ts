import { expect, it } from 'vitest';
import { sectionsOf } from './headed.js';

it('each file stands below its heading, an empty one too', () => {
  expect(sectionsOf('==> /a b/c <==\none\n two\n\n==> /d <==\r\n\r\n==> /e <==\nthree ==> x <==\n')).toEqual([
    { path: '/a b/c', text: 'one\n two' },
    { path: '/d', text: '' },
    { path: '/e', text: 'three ==> x <==' },
  ]);
});

it('a text without a heading has no files', () => {
  expect(sectionsOf('one\n==><==\n')).toEqual([]);
});
