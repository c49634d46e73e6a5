import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { CardClaim } from '../../protocol/messages/cards.js';
import { mergeGpus } from './find.js';
import { loadOf } from './load.js';
import { splitIds, withSlices } from './mig.js';
import { parseNvidiaSmi } from './nvidia-smi.js';

const whole = 'GPU-5f6d7a9e-0b1c-4d2e-8f3a-6b7c8d9e0f1a';
const split = 'GPU-c2e4a6b8-1d3f-4a5b-9c7d-0e2f4a6b8c0d';
const slice = (at: number): string => `MIG-7b9d1f3a-5c7e-5091-b3d5-f7192b3d5f7${at}`;
const gpus = parseNvidiaSmi(
  [whole, split]
    .map((id, at) => `${id}, 570.86.15, 81920, 00000000:0${at + 1}:00.0, NVIDIA A100-SXM4-80GB`)
    .join('\n'),
);
const modes = `${whole}, Disabled\n${split}, Enabled\r\n`;
const list = `GPU 0: NVIDIA A100-SXM4-80GB (UUID: ${whole})
GPU 1: NVIDIA A100-SXM4-80GB (UUID: ${split})
  MIG 3g.40gb     Device  0: (UUID: ${slice(0)})
  MIG 1g.10gb     Device  1: (UUID: ${slice(1)})
`;
const memory = (total: number): string =>
  `<mig_device><fb_memory_usage><total>${total} MiB</total></fb_memory_usage></mig_device>`;
const report = `<?xml version="1.0" ?><nvidia_smi_log><gpu id="00000000:01:00.0"><uuid>${whole}</uuid></gpu>
<gpu id="00000000:02:00.0"><mig_mode><current_mig>Enabled</current_mig></mig_mode>
<mig_devices>${memory(40192)}${memory(9728)}</mig_devices><uuid>${split}</uuid></gpu></nvidia_smi_log>`;

const slices = withSlices(gpus, splitIds(modes), list, report);

describe('a GPU that is split', () => {
  it('is told by its mode alone', () => {
    expect([...splitIds(modes)]).toEqual([split.toLowerCase()]);
    expect([...splitIds('')]).toEqual([]);
    expect([...splitIds('[N/A], [N/A]\nField "mig.mode.current" is not a valid field to query.')]).toEqual(
      [],
    );
  });

  it('is claimed as its slices, each as what it is; the others as they are', () => {
    expect(
      slices.map(({ model, memoryBytes, hardwareId }) => [model, memoryBytes / 2 ** 20, hardwareId]),
    ).toEqual([
      ['NVIDIA A100-SXM4-80GB', 81920, whole],
      ['NVIDIA A100-SXM4-80GB MIG 3g.40gb', 40192, slice(0)],
      ['NVIDIA A100-SXM4-80GB MIG 1g.10gb', 9728, slice(1)],
    ]);
  });

  it('is not claimed where nothing was made of it, and its slices without figures where the report is another', () => {
    const bare = withSlices(gpus, splitIds(modes), `GPU 1: NVIDIA A100-SXM4-80GB (UUID: ${split})\n`, report);
    expect(bare.map(({ hardwareId }) => hardwareId)).toEqual([whole]);
    const blind = withSlices(gpus, splitIds(modes), list, 'No devices were found');
    expect(blind.map(({ memoryBytes }) => memoryBytes / 2 ** 20)).toEqual([81920, 0, 0]);
  });

  it('runs nothing but what takes a slice by its id', () => {
    const candidates = mergeGpus(slices, [
      { kind: 'gpu', model: 'NVIDIA A100-SXM4-80GB', memoryBytes: 0, chosen: true },
    ]);
    expect(
      candidates.map(({ engines, tableEngines, env, bus }) => ({ engines, tableEngines, env, bus })).slice(1),
    ).toEqual(
      [0, 1].map((at) => ({
        engines: ['onnx-cuda', 'tfjs-gpu'],
        tableEngines: [],
        env: { CUDA_VISIBLE_DEVICES: slice(at) },
        bus: '00000000:02:00.0',
      })),
    );
    // Not even where it is the only card, and a process could be made to see its whole GPU.
    const alone = slices.slice(1, 2);
    const pins = new Map(alone.map((card) => [card, { DRI_PRIME: 'pci-0000_02_00_0!' }]));
    expect(mergeGpus(alone, [], pins)).toMatchObject([
      { engines: ['onnx-cuda', 'tfjs-gpu'], tableEngines: [] },
    ]);
    for (const { card } of candidates) {
      expect([...Compile(CardClaim).Errors({ ...card, engine: null })]).toEqual([]);
      expect(loadOf(card) === undefined).toBe(card.hardwareId?.startsWith('MIG-'));
    }
  });
});
