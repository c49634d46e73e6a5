import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { CardClaim } from '../../protocol/messages/cards.js';
import { cardsOf, type DawnReport } from './dawn.js';
import { mergeGpus } from './find.js';
import { parseNvidiaSmi } from './nvidia-smi.js';
import { findPins, mesaPlace } from './pin.js';

const report = (names: readonly string[], chosen?: string, backend = 'vulkan'): DawnReport => ({
  adapters: names.map((name) => ({ backend, name })),
  chosen: chosen ? { vendor: 'v', device: chosen, description: 'd', isFallbackAdapter: false } : null,
});

const geforce = parseNvidiaSmi('GPU-a, 595.58.03, 10240, 00000000:01:00.0, NVIDIA GeForce RTX 3080');
const twoT4 = parseNvidiaSmi(
  'GPU-a, 515.1, 15360, 00000000:3B:00.0, Tesla T4\nGPU-b, 515.1, 15360, 00000000:D8:00.0, Tesla T4',
);

describe('what Dawn sees', () => {
  it('shows a GPU once, though two backends have it', () => {
    const cards = cardsOf({
      ...report(['AMD Radeon RX 7900 XT'], 'amd-radeon-rx-7900-xt'),
      adapters: [
        { backend: 'vulkan', name: 'AMD Radeon RX 7900 XT' },
        { backend: 'opengl', name: 'AMD Radeon RX 7900 XT' },
      ],
    });
    expect(cards.map(({ model, kind, chosen }) => [model, kind, chosen])).toEqual([
      ['AMD Radeon RX 7900 XT', 'gpu', true],
    ]);
  });

  it.each([
    'SwiftShader Device (Subzero)',
    'llvmpipe (LLVM 15.0.6, 256 bits)',
    'Microsoft Basic Render Driver',
  ])('calls %s software', (name) => {
    expect(cardsOf(report([name])).map((card) => card.kind)).toEqual(['software']);
  });

  it('calls software what says so itself, under whatever name', () => {
    const odd = report(['Fast Card'], 'fast-card');
    const chosen = { vendor: '', device: 'fast-card', description: '', isFallbackAdapter: true };
    expect(cardsOf({ ...odd, chosen })[0]?.kind).toBe('software');
  });

  it('is nothing on a machine without a driver', () => {
    expect(cardsOf({ adapters: [], chosen: null })).toEqual([]);
  });
});

describe('merged GPUs', () => {
  it('hold a card once that both sources report', () => {
    const merged = mergeGpus(
      geforce,
      cardsOf(report(['NVIDIA GeForce RTX 3080'], 'nvidia-geforce-rtx-3080')),
    );
    expect(merged).toHaveLength(1);
    const every = ['onnx-cuda', 'tfjs-gpu', 'onnx-dml', 'onnx-coreml', 'webgpu', 'onnx-webgpu'];
    expect(merged[0]).toMatchObject({ engines: every, tableEngines: ['webgpu'] });
    expect(merged[0]?.env).toEqual({ CUDA_VISIBLE_DEVICES: 'GPU-a' });
    expect(Compile(CardClaim).Check({ ...merged[0]?.card, engine: null })).toBe(true);
  });

  it('give WebGPU to one of two equal cards only, and CUDA to each by its id', () => {
    const seen = cardsOf(report(['NVIDIA Tesla T4', 'NVIDIA Tesla T4'], 'nvidia-tesla-t4'));
    const merged = mergeGpus(twoT4, seen);
    expect(merged.map(({ engines }) => engines)).toEqual([
      ['onnx-cuda', 'tfjs-gpu', 'webgpu', 'onnx-webgpu'],
      ['onnx-cuda', 'tfjs-gpu'],
    ]);
    expect(merged.map(({ tableEngines }) => tableEngines)).toEqual([['webgpu'], []]);
    expect(merged.map(({ env }) => env.CUDA_VISIBLE_DEVICES)).toEqual(['GPU-a', 'GPU-b']);
  });

  it('give WebGPU to each of two equal cards where a process can be made to see one alone', async () => {
    const seen = cardsOf(report(['NVIDIA Tesla T4', 'NVIDIA Tesla T4'], 'nvidia-tesla-t4'));
    const alone = cardsOf(report(['NVIDIA Tesla T4'], 'nvidia-tesla-t4'));
    const merged = mergeGpus(twoT4, seen, await findPins(twoT4, seen, async () => alone));
    expect(merged.map(({ tableEngines, env }) => ({ tableEngines, env }))).toEqual([
      { tableEngines: ['webgpu'], env: { CUDA_VISIBLE_DEVICES: 'GPU-a', DRI_PRIME: 'pci-0000_3b_00_0!' } },
      { tableEngines: ['webgpu'], env: { CUDA_VISIBLE_DEVICES: 'GPU-b', DRI_PRIME: 'pci-0000_d8_00_0!' } },
    ]);
  });

  it('never give WebGPU to a real card while a software device is the one it would run on', () => {
    const seen = cardsOf(report(['SwiftShader Device (Subzero)'], 'swiftshader-device-subzero-'));
    const [card] = mergeGpus(geforce, seen);
    expect(card?.engines).not.toContain('webgpu');
    expect(card?.engines).not.toContain('onnx-webgpu');
    expect(card?.tableEngines).toEqual([]);
  });

  it('give the card that WebGPU does not take by itself to our own engine by its name', () => {
    const seen = cardsOf(report(['Radeon A', 'Intel Arc B'], 'radeon-a'));
    expect(mergeGpus([], seen).map(({ engines, env }) => ({ engines, env }))).toEqual([
      { engines: ['webgpu', 'onnx-webgpu'], env: {} },
      { engines: ['webgpu'], env: { TOUCHSTONE_WEBGPU_ADAPTER: 'Intel Arc B' } },
    ]);
  });

  it('leave a card without an engine whose name is part of the name of another', () => {
    const seen = cardsOf(report(['Radeon RX 7900 XTX', 'Radeon RX 7900 XT'], 'radeon-rx-7900-xtx'));
    expect(mergeGpus([], seen).map(({ engines, tableEngines }) => [...engines, ...tableEngines])).toEqual([
      ['webgpu', 'onnx-webgpu', 'webgpu'],
      [],
    ]);
  });

  it('hold no software device', () => {
    expect(mergeGpus([], cardsOf(report(['llvmpipe (LLVM 15)'])))).toEqual([]);
  });
});

describe.runIf(process.platform === 'linux')('a card by its place on the bus', () => {
  const seen = cardsOf(report(['NVIDIA Tesla T4', 'NVIDIA Tesla T4'], 'nvidia-tesla-t4'));

  it('is not to be had where the variables change nothing', async () => {
    expect((await findPins(twoT4, seen, async () => seen)).size).toBe(0);
  });

  it('is not asked for where there is only one to see', async () => {
    const asked: unknown[] = [];
    await findPins(geforce, seen.slice(0, 1), async (env) => {
      asked.push(env);
      return [];
    });
    expect(asked).toEqual([]);
  });

  it('is written as Mesa writes it', () => {
    expect(mesaPlace('00000000:3B:00.0')).toBe('pci-0000_3b_00_0');
    expect(mesaPlace('0000E1C3:00:00.0')).toBe('pci-e1c3_00_00_0');
    expect(mesaPlace('00010000:3B:00.0')).toBeUndefined();
  });
});
