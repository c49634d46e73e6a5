import { expect, test } from 'vitest';
import { gpuCapture } from '../testing/gpu-capture.js';
import { procNvidia } from './proc-nvidia.js';

test('each card is named by its own file, and one that is excluded is none', () => {
  const [first, fresh, ...more] = procNvidia.parse(gpuCapture('proc-information.txt'))?.cards ?? [];
  expect(first).toEqual({
    name: 'NVIDIA GeForce RTX 3090',
    procName: 'NVIDIA GeForce RTX 3090',
    bus: '0000:01:00.0',
    vbios: '94.02.26.40.81',
    uuidForm: 'gpu',
    ids: [{ kind: 'gpu-uuid', value: 'GPU-1f0b8e63-d94a-27c5-be81-604f9a3c7d52' }],
  });
  expect(fresh).toMatchObject({ bus: '0000:41:00.0', vbios: null, uuidForm: null, ids: [] });
  expect(more).toEqual([]);
});

test('files are read without heads too, and a head tells the place that a file leaves out', () => {
  const alone = 'Model: \t\t Tesla K80\nGPU UUID: \t GPU-2d8e40b7-c61f-95a3-0b7e-84f1d6c93a5e\n';
  expect(procNvidia.isOf(alone)).toBe(true);
  expect(procNvidia.parse(alone)?.cards?.[0]).toMatchObject({ procName: 'Tesla K80', bus: null });
  const two = procNvidia.parse(`${alone}\n${alone.replace('2d8e40b7', '81c5f3e9')}`)?.cards;
  expect(two?.map(({ ids }) => ids[0]?.value.slice(0, 12))).toEqual(['GPU-2d8e40b7', 'GPU-81c5f3e9']);
  const headed = `==> proc/driver/nvidia/gpus/0000:00:04.0/information <==\n${alone}`;
  expect(procNvidia.parse(headed)?.cards?.[0]?.bus).toBe('0000:00:04.0');
});

test('another text is none of this', () => {
  expect(procNvidia.parse('processor : 0\nmodel name : x')).toBeNull();
});
