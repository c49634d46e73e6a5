import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { networkFromSeed } from '../../pages/network.js';
import { referencePages } from '../../pages/reference.js';
import { describeEngine } from '../testing/conformance.js';
import { useSoftwareVulkan } from '../testing/software-vulkan.js';
import { createOnnxEngine } from './engine.js';
import { isExact, openPageSession } from './forms.js';

useSoftwareVulkan();
const options = { provider: 'webgpu' } as const;

describe('onnx-webgpu on software Vulkan', () => {
  describeEngine(() => createOnnxEngine(options));

  it('has every operator of the form with casts', async () => {
    expect(
      await isExact(options, { n: 256, start: 'grid', output: 'digests', arithmetic: 'float-casts' }),
    ).toBe(true);
  });

  it('takes more layers than a kernel may have buffers', async () => {
    const [n, layers] = [256, 23];
    const network = networkFromSeed(createHash('sha256').update('layers').digest(), n, layers);
    const starts = new Int8Array(2 * n).fill(7);
    const session = await openPageSession(options, { n, layers, start: 'pages', output: 'pages' });
    session.load(network);
    expect(await session.pages({ starts })).toEqual(referencePages(network, starts, 2));
    await session.close();
  });
});
