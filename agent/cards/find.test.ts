import { describe, expect, it } from 'vitest';
import { cardsOf, type DawnReport } from './dawn.js';
import { mergeGpus } from './find.js';
import { parseNvidiaSmi } from './nvidia-smi.js';

const report = (names: readonly string[], chosen?: string, backend = 'vulkan'): DawnReport => ({
  adapters: names.map((name) => ({ backend, name })),
  chosen: chosen ? { vendor: 'v', device: chosen, description: 'd', isFallbackAdapter: false } : null,
});

const geforce = parseNvidiaSmi('GPU-a, 595.58.03, 10240, NVIDIA GeForce RTX 3080');
const twoT4 = parseNvidiaSmi('GPU-a, 515.1, 15360, Tesla T4\nGPU-b, 515.1, 15360, Tesla T4');

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
    expect(merged[0]?.engines).toEqual(['onnx-cuda', 'onnx-dml', 'onnx-coreml', 'onnx-webgpu']);
    expect(merged[0]?.env).toEqual({ CUDA_VISIBLE_DEVICES: 'GPU-a' });
  });

  it('give WebGPU to one of two equal cards only, and CUDA to each by its id', () => {
    const seen = cardsOf(report(['NVIDIA Tesla T4', 'NVIDIA Tesla T4'], 'nvidia-tesla-t4'));
    const merged = mergeGpus(twoT4, seen);
    expect(merged.map((candidate) => candidate.engines)).toEqual([
      ['onnx-cuda', 'onnx-webgpu'],
      ['onnx-cuda'],
    ]);
    expect(merged.map((candidate) => candidate.env.CUDA_VISIBLE_DEVICES)).toEqual(['GPU-a', 'GPU-b']);
  });

  it('never give WebGPU to a real card while a software device is the one it would run on', () => {
    const seen = cardsOf(report(['SwiftShader Device (Subzero)'], 'swiftshader-device-subzero-'));
    expect(mergeGpus(geforce, seen)[0]?.engines).not.toContain('onnx-webgpu');
  });

  it('leave a second GPU without an engine where none can be told to run on it', () => {
    const seen = cardsOf(report(['Radeon A', 'Intel Arc B'], 'radeon-a'));
    expect(mergeGpus([], seen).map((candidate) => candidate.engines)).toEqual([['onnx-webgpu'], []]);
  });

  it('hold no software device', () => {
    expect(mergeGpus([], cardsOf(report(['llvmpipe (LLVM 15)'])))).toEqual([]);
  });
});
