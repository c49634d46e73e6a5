import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { checkVectors } from '../../vectors/check.js';
import { useSoftwareVulkan } from '../testing/software-vulkan.js';
import { openDawn } from './device/dawn.js';
import { createWebgpuEngine } from './engine.js';
import { createWebgpuTableEngine } from './table.js';

useSoftwareVulkan();

it('compute and memory answers are those of the answer files', async () => {
  const answers = fileURLToPath(new URL('../../vectors/answers', import.meta.url));
  const engine = createWebgpuEngine(openDawn());
  const tables = createWebgpuTableEngine(openDawn());
  const results = await checkVectors(answers, {
    engines: [engine],
    tableEngines: [tables],
    squarers: [],
    verifiers: [],
  });
  expect(results.filter((result) => !result.ok)).toEqual([]);
  expect(results.filter(({ engine }) => engine.endsWith('webgpu'))).toHaveLength(4);
  await engine.close();
  await tables.close();
});
