import { describe, expect, it } from 'vitest';
import { read } from '../testing/host-sources.js';
import { slicing } from './slicing.js';

const found = (...lines: string[]) => slicing.parse(`${lines.join('\n')}\n`)?.host?.slicing;

describe('slices by software', () => {
  it('of HAMi are named by their limits, those on memory with their size', () => {
    expect(read('kubernetes-hami', slicing)?.host).toEqual({
      slicing: [expect.stringMatching(/^CUDA_DEVICE_MEMORY_LIMIT_0=\d+m$/), 'CUDA_DEVICE_SM_LIMIT'],
    });
  });

  it.each([
    ['CUDA_DEVICE_MEMORY_LIMIT=1g'],
    ['CUDA_DEVICE_SM_LIMIT_3=50'],
    ['CUDA_MEM_LIMIT_1=1000m'],
    ['CUDA_CORE_LIMIT=20'],
    ['CUDA_MPS_ACTIVE_THREAD_PERCENTAGE=25'],
    ['CUDA_MPS_PINNED_DEVICE_MEM_LIMIT=0=2G'],
    ['ALIYUN_COM_GPU_MEM_CONTAINER=8', 'ALIYUN_COM_GPU_MEM_DEV=22'],
    ['VOLCANO_GPU_ALLOCATED=1024', 'VOLCANO_GPU_MEMORY_TOTAL=11178'],
    ['GPU_PORTION=0.5'],
    ['RUNAI_NUM_OF_GPUS=0.25'],
  ])('are found in %s', (...lines) => {
    const [first = ''] = lines;
    expect(found(...lines)).toEqual([/_MEM(?:ORY)?_LIMIT/.test(first) ? first : first.split('=')[0]]);
  });

  it.each([
    ['CUDA_DEVICE_MEMORY_LIMIT_0=0'],
    ['CUDA_DEVICE_SM_LIMIT=0'],
    ['CUDA_DEVICE_SM_LIMIT=100'],
    ['CUDA_DEVICE_MEMORY_LIMIT=4g', 'CUDA_DISABLE_CONTROL=true'],
    ['CUDA_MPS_ACTIVE_THREAD_PERCENTAGE=100'],
    ['CUDA_MPS_PINNED_DEVICE_MEM_LIMIT='],
    ['ALIYUN_COM_GPU_MEM_CONTAINER=22', 'ALIYUN_COM_GPU_MEM_DEV=22'],
    ['VOLCANO_GPU_ALLOCATED=1'],
    ['RUNAI_NUM_OF_GPUS=8'],
    ['GPU_PORTION=1'],
  ])('are not found in whole cards: %s', (...lines) => {
    expect(found(...lines)).toEqual([]);
  });

  it('are told without what is no size', () => {
    expect(found('CUDA_DEVICE_MEMORY_LIMIT=/home/somebody')).toEqual(['CUDA_DEVICE_MEMORY_LIMIT']);
  });

  it('are not seen in other variables', () => {
    expect(
      slicing.parse('PATH=/bin\nNVIDIA_MIG_MONITOR_DEVICES=all\nNVIDIA_VISIBLE_DEVICES=all\n'),
    ).toBeNull();
  });
});
