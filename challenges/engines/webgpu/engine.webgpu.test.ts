import { describe } from 'vitest';
import { describeEngine } from '../testing/conformance.js';
import { useSoftwareVulkan } from '../testing/software-vulkan.js';
import { openDawn } from './device/dawn.js';
import { createWebgpuEngine } from './engine.js';

useSoftwareVulkan();
describe('webgpu on software Vulkan', () => describeEngine(() => createWebgpuEngine(openDawn())));
