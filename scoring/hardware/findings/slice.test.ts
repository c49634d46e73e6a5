import { describe, expect, it } from 'vitest';
import { namesSlice, namesVgpu } from '../slices.js';
import { gpuClaim, known, viewWith } from '../testing/reports.js';
import { slices } from './slice.js';

type Card = Parameters<typeof viewWith>[0];
const found = (
  card: Card,
  claim: string | null | undefined,
  host: { slicing?: string[]; preloads?: string[] } = {},
) => {
  const claims = claim === undefined ? null : [gpuClaim(claim ?? 'Other card')];
  const view = viewWith({ claim: claim == null ? null : 0, ...card }, { claims, host });
  return slices(view, known).map(({ code, severity }) => `${severity} ${code.slice('hardware.'.length)}`);
};
const whole = 'NVIDIA A100-SXM4-80GB';

describe('a card that says that it is a slice', () => {
  it.each([
    ['split in hardware', { name: whole, mig: true }, 'slice-mig'],
    ['with the id of a slice', { name: whole, uuidForm: 'mig' as const }, 'slice-mig'],
    ['a guest by its driver', { name: whole, virtualization: 'vgpu' as const }, 'slice-vgpu'],
    ['a guest by its name', { name: 'GRID A100-10C' }, 'slice-vgpu'],
  ])('is refused as a whole one: %s', (_, card, code) => {
    expect(found(card, whole)).toEqual([`refusal ${code}`]);
    expect(found(card, `${whole} MIG 1g.10gb`)).toEqual(['note slice-reported']);
    expect(found(card, null)).toEqual(['note slice-reported']);
  });

  it('is what it reports where nothing is claimed, and a name without a profile claims the whole', () => {
    expect(found({ name: whole, mig: true }, undefined)).toEqual(['note slice-reported']);
    expect(found({ name: 'GRID A100-10C', virtualization: 'vgpu' }, undefined)).toEqual([
      'note slice-reported',
    ]);
    expect(found({ name: whole, virtualization: 'vgpu' }, undefined)).toEqual(['refusal slice-vgpu']);
    expect(found({ name: null, virtualization: 'vgpu' }, undefined)).toEqual(['note slice-reported']);
  });

  const limit = (size: string) => ({ slicing: [`CUDA_DEVICE_MEMORY_LIMIT_0=${size}`] });

  it('is refused where software slices it and it reports less than any board of its model', () => {
    const third = { name: whole, memoryMiB: 27_000 };
    expect(found(third, whole, limit('27000m'))).toEqual(['refusal slice-software']);
    expect(found(third, whole, { preloads: ['/usr/local/vgpu/libvgpu.so'] })).toEqual([
      'refusal slice-software',
    ]);
    expect(found(third, 'A100 slice', limit('27000m'))).toEqual(['note slice-reported']);
    // Small, and nothing slices it: that is another finding's.
    expect(found(third, whole)).toEqual([]);
  });

  it.each([
    { slicing: ['CUDA_DEVICE_MEMORY_LIMIT'] },
    { slicing: ['CUDA_DEVICE_SM_LIMIT'] },
    { slicing: ['CUDA_MPS_ACTIVE_THREAD_PERCENTAGE'] },
    limit('27000m'),
    limit('27g'),
    { slicing: ['CUDA_MPS_PINNED_DEVICE_MEM_LIMIT=0=80G,1=8G'] },
    { preloads: ['libnvshare.so'] },
  ])('is evidence where software may slice it and it looks whole: %j', (host) => {
    for (const memoryMiB of [81_920, 81_251, null])
      expect(found({ name: whole, memoryMiB }, whole, host)).toEqual(['evidence slice-software']);
  });

  it.each([limit('81920m'), limit('80g'), limit(`${80 * 2 ** 30}`), { preloads: ['libvgpu.so'] }])(
    'is a whole one where software leaves it whole: %j',
    (host) => {
      for (const preloads of [[], ['libvgpu.so']])
        expect(found({ name: whole, memoryMiB: 81_920 }, whole, { preloads, ...host })).toEqual([]);
    },
  );

  it('is not judged by the memory of a model that is not listed, nor where no driver of NVIDIA gives it', () => {
    const unlisted = 'NVIDIA RTX A2000 12GB';
    expect(found({ name: unlisted, memoryMiB: 12_282 }, unlisted, limit('12282m'))).toEqual([]);
    const amd = { source: 'rocm-smi', name: 'AMD Instinct MI300X' } as const;
    expect(found(amd, 'AMD Instinct MI300X', { slicing: ['CUDA_DEVICE_MEMORY_LIMIT'] })).toEqual([]);
  });

  it('is none where nothing says so', () => {
    expect(found({ name: whole, mig: false, virtualization: 'passthrough' }, whole)).toEqual([]);
    expect(found({ name: whole, virtualization: 'host-vgpu' }, whole)).toEqual([]);
  });
});

describe('names of slices', () => {
  it.each([
    'GRID A100-10C',
    'NVIDIA A40-12Q',
    'GRID T4-2B4',
    'NVIDIA A100-3-20C',
    'NVIDIA RTX6000-Ada-48Q',
    'GRID M60-1A',
  ])('%s is a profile', (name) => expect(namesVgpu(name)).toBe(true));

  it.each([
    'NVIDIA A100-SXM4-80GB',
    'Tesla V100-SXM2-16GB',
    'NVIDIA A100-PG509-200',
    'GRID K2',
    'P104-100',
    'NVIDIA H20-3e',
    'NVIDIA B300 SXM6 AC',
  ])('%s is a whole card', (name) => expect(namesSlice(name)).toBe(false));
});
