import { afterEach, describe, expect, it } from 'vitest';
import { createEngine, engineNames, findEngines } from './catalogue.js';
import { useSoftwareVulkan } from './testing/software-vulkan.js';

const before = process.env.VK_ICD_FILENAMES;
afterEach(() => {
  if (before === undefined) delete process.env.VK_ICD_FILENAMES;
  else process.env.VK_ICD_FILENAMES = before;
});

describe('findEngines', () => {
  it('finds the CPU, and WebGPU where there is a Vulkan device', async () => {
    useSoftwareVulkan();
    const { present } = await findEngines(['onnx-cpu', 'onnx-webgpu']);
    expect(present).toEqual(['onnx-webgpu', 'onnx-cpu']);
  });

  it('says why an engine is absent, and stays alive', async () => {
    process.env.VK_ICD_FILENAMES = '/nonexistent';
    const { present, absent } = await findEngines(['onnx-webgpu', 'onnx-dml']);
    expect(present).toEqual([]);
    expect(absent).toEqual([
      { name: 'onnx-dml', code: 'engine.unavailable', reason: expect.stringContaining('not part of') },
      { name: 'onnx-webgpu', code: 'engine.unavailable', reason: expect.stringContaining('adapter') },
    ]);
  });
});

describe('createEngine', () => {
  it('makes every engine of the list under its own name', () => {
    for (const name of engineNames) expect(createEngine(name).name).toBe(name);
  });

  it('refuses a name that no engine has', () => {
    expect(() => createEngine('abacus')).toThrowError(
      expect.objectContaining({ code: 'engine.unavailable' }),
    );
  });
});
