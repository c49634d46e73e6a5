import { expect, it } from 'vitest';
import { read } from '../testing/host-sources.js';
import { preloadVariable } from './preload-variable.js';

it('libraries of the session are named without their folders, with blanks or colons between them', () => {
  expect(read('docker-nvidia', preloadVariable)?.host).toEqual({
    preloads: ['libtcmalloc.so.4', 'libjemalloc.so.2'],
    slicing: [],
  });
  expect(preloadVariable.parse('LD_PRELOAD=/a/libgemhook.so.1 libx.so\n')?.host).toEqual({
    preloads: ['libgemhook.so.1', 'libx.so'],
    slicing: ['libgemhook.so.1'],
  });
});

it('an empty variable loads nothing', () => {
  expect(preloadVariable.parse('LD_PRELOAD=\n')?.host?.preloads).toEqual([]);
});
