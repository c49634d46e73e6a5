import { afterEach, describe, expect, it } from 'vitest';
import { findEngines, findTableEngines } from './find.js';
import { useSoftwareVulkan } from './testing/software-vulkan.js';

const before = process.env.VK_ICD_FILENAMES;
afterEach(() => {
  if (before === undefined) delete process.env.VK_ICD_FILENAMES;
  else process.env.VK_ICD_FILENAMES = before;
});

describe('finding engines', () => {
  it('finds the CPU, and WebGPU where there is a Vulkan device', async () => {
    useSoftwareVulkan();
    const { present } = await findEngines(['onnx-cpu', 'onnx-webgpu', 'webgpu', 'reference']);
    expect(present).toEqual(['webgpu', 'onnx-webgpu', 'onnx-cpu']);
  }, 60_000);

  it('finds those that hold tables', async () => {
    useSoftwareVulkan();
    expect(await findTableEngines()).toEqual({ present: ['webgpu', 'cpu'], absent: [] });
  }, 60_000);

  it('says why an engine is absent, and stays alive', async () => {
    process.env.VK_ICD_FILENAMES = '/nonexistent';
    const { present, absent } = await findEngines(['onnx-webgpu', 'webgpu', 'onnx-dml', 'tfjs-gpu']);
    expect(present).toEqual([]);
    const unavailable = (name: string, reason: string) => ({
      name,
      code: 'engine.unavailable',
      reason: expect.stringContaining(reason),
    });
    expect(absent).toEqual([
      unavailable('tfjs-gpu', '@tensorflow/tfjs-node-gpu'),
      unavailable('onnx-dml', 'not part of'),
      unavailable('webgpu', ''),
      unavailable('onnx-webgpu', 'adapter'),
    ]);
    expect((await findTableEngines(['webgpu'])).absent).toEqual([unavailable('webgpu', '')]);
  }, 60_000);
});
