import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { expect, test } from 'vitest';
import { limits } from '../../../protocol/limits.js';
import { FreeText } from '../../../protocol/text.js';
import { busOf, bytesToMiB, countOf, hex4Of, idOf, pciOf, textOf, wattsOf } from './values.js';

const freeText = Compile(FreeText(limits.textLength));

test.each([
  '',
  '  ',
  'N/A',
  '[N/A]',
  'n/a',
  '[Not Supported]',
  'Unknown Error',
  '[Unknown Error]',
  'ERR!',
  'REDACTED',
  '<redacted>',
  'None',
  'Requested functionality has been deprecated',
  'GPU is lost',
  '[GPU requires reset]',
  'GPU access blocked by the operating system',
  'Insufficient Permissions',
  'Not available in WDDM driver model',
  'To Be Filled By O.E.M.',
  'Default string',
  'Not Specified',
  '?????',
  '***',
  null,
  undefined,
  {},
])('%j is no text: it says that nothing is known', (value) => {
  expect(textOf(value)).toBeNull();
});

test('text loses control characters and what would turn a terminal around, and is cut', () => {
  expect(textOf('  NVIDIA\t GeForce\r\n RTX\u0000 4090\u202e ')).toBe('NVIDIA GeForce RTX 4090');
  expect(textOf('x'.repeat(500))).toHaveLength(limits.textLength);
  expect(textOf(`${'x'.repeat(limits.textLength - 1)}😀`)).toBe('x'.repeat(limits.textLength - 1));
  expect(textOf('Quadro \ud83d P620')).toBe('Quadro P620');
});

test('whatever the text, it fits the messages or is not known', () => {
  const anything = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ unit: 'grapheme' }));
  fc.assert(
    fc.property(anything, (value) => {
      for (const text of [textOf(value), idOf(value)])
        expect(text === null || freeText.Check(text)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test('a zero is not known, whatever its unit', () => {
  expect([countOf('24564 MiB'), countOf('0 MiB'), countOf('N/A'), countOf('-5'), countOf('1e99')]).toEqual([
    24564,
    null,
    null,
    null,
    null,
  ]);
  expect([wattsOf('450.00 W'), wattsOf('0.00 W'), wattsOf('[N/A]'), wattsOf('9'.repeat(40))]).toEqual([
    450,
    null,
    null,
    null,
  ]);
  expect([countOf(Number.NaN), countOf(Number.POSITIVE_INFINITY), bytesToMiB('21458059264')]).toEqual([
    null,
    null,
    20464,
  ]);
});

test.each([
  '0',
  '0000000000000',
  'GPU-00000000-0000-0000-0000-000000000000',
  '0x0000000000000000',
  'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
  'fefefefe-fefe-fefe-fefe-fefefefefefe',
  'ff:ff:ff:ff:ff:ff',
  '11111111',
  '0123456789',
  '123456789012',
  '0123456789ABCDEF',
  '03000200-0400-0500-0006-000700080009',
  'System Serial Number',
  'To be filled by O.E.M.',
  'Default string',
  'None',
  'N/A',
  'REDACTED',
  'GPU-XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX',
  'GPU-????????-????-????-????-????????????',
  'GPU-b83d1c60-47fa-29e5-8d0b-15c2e6f7****',
  '0x9246____________',
  'ab1',
])('%s is nobody’s id: many have it', (value) => {
  expect(idOf(value)).toBeNull();
});

test.each([
  'GPU-7f19c3a2-08de-5b64-e1f7-d2906c4a8b35',
  '0x4d81c6e07b92f35a',
  '1324521061882',
  '00000000-0000-0000-0000-ac1f6b8d20e4',
  'S4EWNX0R5012',
])('%s is an id', (value) => {
  expect(idOf(` ${value}\n`)).toBe(value);
});

test.each([
  ['00000000:65:00.0', '0000:65:00.0'],
  ['0000:0A:00.1', '0000:0a:00.1'],
  ['65:00.0', '0000:65:00.0'],
  ['00000009:01:00.0', '0009:01:00.0'],
  ['10000:e1:00.0', '10000:e1:00.0'],
  ['PCI:1:0:0', null],
  ['N/A', null],
])('the place %s on the bus is %s', (value, expected) => {
  expect(busOf(value)).toBe(expected);
});

test('ids of PCI are four digits, and blanked ones are not known', () => {
  expect([hex4Of('0x744C'), hex4Of('de'), hex4Of('0000'), hex4Of('FFFF'), hex4Of('12345')]).toEqual([
    '744c',
    '00de',
    null,
    null,
    null,
  ]);
  expect(pciOf('10de', '0000', '10de', '1234')).toBeNull();
  expect(pciOf('10DE', '2684', '1043', '0000')).toEqual({
    vendor: '10de',
    device: '2684',
    subVendor: '1043',
    subDevice: '0000',
  });
  expect(pciOf('1002', '744c', null, '0x471e')?.subDevice).toBe('471e');
});
