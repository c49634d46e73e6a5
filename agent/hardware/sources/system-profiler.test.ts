import { expect, test } from 'vitest';
import { gpuCapture } from '../testing/gpu-capture.js';
import { systemProfiler } from './system-profiler.js';

const factsOf = (name: string) => systemProfiler.parse(gpuCapture(name));

test('a chip of Apple’s has its cores and the memory of its machine', () => {
  expect(factsOf('mac-apple-chip.json')).toEqual({
    cards: [{ name: 'Apple M2 Max', memoryMiB: 65536, pci: null, vbios: null, sms: 38, ids: [] }],
    host: {
      os: 'darwin',
      hypervisor: null,
      system: { vendor: 'Apple', product: 'Mac14,6' },
      cpu: { model: 'Apple M2 Max', sockets: null, cores: 12, threads: null },
      memoryMiB: 65536,
    },
    ids: [
      { kind: 'system-serial', value: 'J4KX9Q2M7T' },
      { kind: 'system-uuid', value: '5E21B7C9-08D4-5F3A-9B60-C1E47A2D8F35' },
    ],
  });
});

test('cards of a Mac with a processor of Intel’s have memory and ids of their own', () => {
  const facts = factsOf('mac-intel.json');
  expect(facts?.cards).toMatchObject([
    { name: 'AMD Radeon Pro 5300M', memoryMiB: 4096, pci: { vendor: '1002', device: '7340' } },
    { name: 'Intel UHD Graphics 630', memoryMiB: 1536, pci: { vendor: '8086', device: '3e9b' } },
  ]);
  expect(facts?.host).toMatchObject({ cpu: { model: '6-Core Intel Core i7', sockets: 1, cores: 6 } });
  expect(facts?.ids).toEqual([]);
});

test('a virtual Mac says so, and its display is no card', () => {
  const facts = factsOf('mac-virtual.json');
  expect(facts?.cards).toEqual([]);
  expect(facts?.host).toMatchObject({ hypervisor: 'vmware', system: { product: 'VMware7,1' } });
});

test('other texts are none of this', () => {
  expect(systemProfiler.parse('{"card0": {}}')).toBeNull();
  expect(systemProfiler.parse('')).toBeNull();
});
