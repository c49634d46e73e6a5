import { expect, it } from 'vitest';
import { read, valuesOf } from '../testing/host-sources.js';
import { machineId } from './machine-id.js';

it('an installed system is known by its id', () => {
  expect(valuesOf(read('bare-metal', machineId), 'machine-id')).toEqual(['4b1a9e6f02c84d7f9d3c55e80a7b61f2']);
});

it.each(['uninitialized\n', `${'0'.repeat(32)}\n`])(
  'an image that was never started has none: %s',
  (text) => {
    expect(machineId.parse(text)).toEqual({ ids: [] });
  },
);

it.each(['', '4b1a9e6f', `${'a1'.repeat(32)}`])('other texts are none: %s', (text) => {
  expect(machineId.parse(text)).toBeNull();
});
