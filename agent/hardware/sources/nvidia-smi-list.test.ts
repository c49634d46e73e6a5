import { expect, test } from 'vitest';
import { gpuCapture } from '../testing/gpu-capture.js';
import { migDevicesOf, nvidiaSmiList } from './nvidia-smi-list.js';

test('slices are named below their GPU, and a GPU without any is not said to be whole', () => {
  const [split, whole] = nvidiaSmiList.parse(gpuCapture('list-mig.txt'))?.cards ?? [];
  expect(split).toMatchObject({
    name: 'NVIDIA H100 80GB HBM3',
    mig: true,
    migSlices: [
      { profile: '3g.40gb', memoryMiB: null, sms: null },
      { profile: '1g.10gb+me', memoryMiB: null, sms: null },
    ],
    uuidForm: 'gpu',
  });
  expect(split?.ids[0]?.value).toBe('GPU-8c5e17b0-4d29-f3a6-6e01-9b7f2ad48c35');
  expect(split?.ids.map(({ kind }) => kind)).toEqual(['gpu-uuid', 'gpu-uuid', 'gpu-uuid']);
  expect(whole?.mig).toBeUndefined();
  expect(whole?.ids).toHaveLength(1);
});

test('slices are told with the GPU that they are of, by new names and by old', () => {
  expect(migDevicesOf(gpuCapture('list-mig.txt'))[1]).toEqual({
    gpuUuid: 'GPU-8c5e17b0-4d29-f3a6-6e01-9b7f2ad48c35',
    profile: '1g.10gb+me',
    uuid: 'MIG-f27a3b85-09c1-5d4e-b6f0-3e8d7195ac42',
    name: 'NVIDIA H100 80GB HBM3',
  });
  expect(migDevicesOf(gpuCapture('list-mig-old.txt')).map(({ profile, uuid }) => [profile, uuid])).toEqual([
    ['3g.20gb', 'MIG-GPU-94b7e2d0-51fc-38a6-c0e9-7d26f18b453a/1/0'],
    ['1c.3g.20gb', 'MIG-GPU-94b7e2d0-51fc-38a6-c0e9-7d26f18b453a/2/0'],
  ]);
});

test('a masked UUID is no id, and its form not known', () => {
  const masked = nvidiaSmiList.parse(gpuCapture('list-mig-old.txt'))?.cards?.[1];
  expect(masked).toMatchObject({ name: 'A100-PCIE-40GB', uuidForm: null, ids: [] });
});

test('a card that could not be asked does not hide the others', () => {
  const text = `Unable to determine the device handle for gpu 0000:01:00.0\r\n${gpuCapture('list-mig.txt').replaceAll('\n', '\r\n')}`;
  expect(nvidiaSmiList.parse(text)?.cards).toHaveLength(2);
  expect(nvidiaSmiList.parse('No devices were found')).toBeNull();
});
