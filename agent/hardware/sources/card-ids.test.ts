import { expect, test } from 'vitest';
import { idsOf, serialFormOf, uniqueFormOf, uuidFormOf } from './card-ids.js';

test.each([
  ['GPU-7f19c3a2-08de-5b64-e1f7-d2906c4a8b35', 'gpu'],
  ['gpu-7F19C3A2-08DE-5B64-E1F7-D2906C4A8B35', 'gpu'],
  ['MIG-1d60c94e-7b8f-52a3-8e47-f0916c2b5da8', 'mig'],
  ['MIG-GPU-94b7e2d0-51fc-38a6-c0e9-7d26f18b453a/1/0', 'mig'],
  ['GPU-00000000-0000-0000-0000-000000000000', 'zero'],
  ['GPU-11111111-1111-1111-1111-111111111111', 'malformed'],
  ['7f19c3a2-08de-5b64-e1f7-d2906c4a8b35', 'malformed'],
  ['GPU-fake-4090', 'malformed'],
  ['GPU-7f19c3a2-08de-5b64-e1f7-d2906c4a****', null],
  ['GPU-????????-????-????-????-????????????', null],
  ['N/A', null],
  [null, null],
])('the UUID %j has the form %j', (value, form) => {
  expect(uuidFormOf(value)).toBe(form);
});

test.each([
  ['1324521061882', 'plain'],
  ['0000000000000', 'zero'],
  ['0', 'zero'],
  ['1111111111111', 'malformed'],
  ['not a serial!', 'malformed'],
  ['132452XXXXXXX', null],
  ['REDACTED', null],
  ['N/A', null],
])('the serial %j has the form %j', (value, form) => {
  expect(serialFormOf(value)).toBe(form);
});

test('AMD’s numbers have no form of NVIDIA’s, and cards of consumers may have zeros', () => {
  expect(uniqueFormOf('0x9f2c41d7e8b05a36')).toBe('gpu');
  expect(uniqueFormOf('0x0')).toBe('zero');
  expect(uniqueFormOf('N/A')).toBeNull();
});

test('only what tells cards apart is an id', () => {
  expect(idsOf({ 'gpu-uuid': 'N/A', 'gpu-serial': '1324521061882', 'gpu-pdi': '0x0' })).toEqual([
    { kind: 'gpu-serial', value: '1324521061882' },
  ]);
});
