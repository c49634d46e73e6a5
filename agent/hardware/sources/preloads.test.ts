import { expect, it } from 'vitest';
import { read } from '../testing/host-sources.js';
import { preloads } from './preloads.js';

it('libraries of every program are named without their folders', () => {
  expect(preloads.parse('# tools\n/opt/alice/libhook.so /usr/lib/libjemalloc.so.2\n')?.host).toEqual({
    preloads: ['libhook.so', 'libjemalloc.so.2'],
    slicing: [],
  });
});

it.each(['libvgpu.so', 'libvgpu.so.v2.5.0', 'libvgpu-control.so', 'libcuda-control.so', 'libgemhook.so.1'])(
  '%s slices cards',
  (name) => {
    expect(preloads.parse(`/usr/local/vgpu/${name}\n`)?.host?.slicing).toEqual([name]);
  },
);

it('HAMi’s is found in a pod', () => {
  expect(read('kubernetes-hami', preloads)?.host).toEqual({
    preloads: ['libvgpu.so'],
    slicing: ['libvgpu.so'],
  });
});

it('a text without libraries is another file', () => {
  expect(preloads.parse('nothing here\n')).toBeNull();
});
