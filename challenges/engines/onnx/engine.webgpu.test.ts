import { describe } from 'vitest';
import { describeEngine } from '../testing/conformance.js';
import { useSoftwareVulkan } from '../testing/software-vulkan.js';
import { createOnnxEngine } from './engine.js';

useSoftwareVulkan();
describe('onnx-webgpu on software Vulkan', () =>
  describeEngine(() => createOnnxEngine({ provider: 'webgpu' })));
