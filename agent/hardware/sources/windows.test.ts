import { expect, it } from 'vitest';
import { read, valuesOf } from '../testing/host-sources.js';
import { windows } from './windows.js';

it('Windows describes its machine', () => {
  expect(read('windows', windows)?.host).toEqual({
    os: 'windows',
    kernel: '10.0.22631',
    system: { vendor: 'ASUS', product: 'ROG Maximus' },
    cpu: { model: '13th Gen Intel(R) Core(TM) i9-13900K', sockets: 1, cores: 24, threads: 32 },
    memoryMiB: 65280,
    disks: [{ model: 'Samsung SSD 990 PRO 2TB', gigabytes: 2000 }],
  });
});

it('Windows identifies it by what is built in, and names an NVMe disk as Linux does', () => {
  const facts = read('windows', windows);
  expect(facts?.ids?.map(({ kind }) => kind)).toEqual([
    'system-uuid',
    'board-serial',
    'machine-id',
    'disk',
    'mac',
  ]);
  expect(valuesOf(facts, 'disk')).toEqual(['0025384631b10f2a']);
  expect(valuesOf(facts, 'mac')).toEqual(['04:42:1a:ef:77:31']);
});

it('a guest of Hyper-V says so, in an answer where nothing else is known', () => {
  const guest = {
    ComputerSystem: { Manufacturer: 'Microsoft Corporation', Model: 'Virtual Machine' },
    ComputerSystemProduct: null,
  };
  expect(windows.parse(`\ufeff${JSON.stringify(guest)}\r\n`)?.host).toMatchObject({
    hypervisor: 'hyper-v',
    disks: [],
  });
});

it('the question has no double quotes, which would not arrive', () => {
  expect(JSON.stringify(windows.origins).replaceAll('\\\\', '')).not.toContain('\\"');
});
