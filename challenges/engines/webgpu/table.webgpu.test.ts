import { describe } from 'vitest';
import { useSoftwareVulkan } from '../testing/software-vulkan.js';
import { describeTableEngine } from '../testing/table-conformance.js';
import { openDawn } from './device/dawn.js';
import { createWebgpuTableEngine } from './table.js';

useSoftwareVulkan();
describe('webgpu tables on software Vulkan', () =>
  describeTableEngine(() => createWebgpuTableEngine(openDawn())));
