import { withBuffers } from '../device/buffers.js';
import type { Card, Kernel } from '../device/card.js';
import type { PageValues } from '../kernels/text.js';
import { type Reduction, walkLanes, walkThreads, walkUniformBytes, walkWgsl } from '../kernels/walk.js';
import { type Chosen, chooseKernel } from './choose.js';

const compile = (card: Card, n: number, reduction: Reduction, lanes: number): Promise<Kernel> =>
  card.kernel(walkWgsl(n as PageValues, reduction, lanes), ['read', 'read', 'write', 'shifted-uniform']);

/** The walk kernel for pages of `n`: by shuffles where that gives the same results on this card, as it should. */
export async function chooseWalk(card: Card, n: number): Promise<Kernel> {
  return (await tryWalks(card, n, walkLanes)).kernel;
}

/** Holds the kernel that adds by shuffles against the one that needs no feature; `lanes` threads a walker. */
export async function tryWalks(card: Card, n: number, lanes: number): Promise<Chosen<Kernel>> {
  const plain = { name: 'workgroup', kernel: await compile(card, n, 'workgroup', lanes) };
  const { subgroupMinSize = 0 } = card.adapter.info;
  const subgroup = {
    name: 'subgroup',
    offered: card.device.features.has('subgroups') && subgroupMinSize >= lanes,
    compile: () => compile(card, n, 'subgroup', lanes),
  };
  return chooseKernel(plain, [subgroup], {
    bits: (kernel) => trialWalk(card, kernel, n, lanes),
    // It does the same with fewer barriers: where the bits are right there is nothing to be measured on a table that is
    // not built yet.
    milliseconds: async (kernel) => (kernel === plain.kernel ? 2 : 1),
  });
}

const trialPages = 64;
const trialWalkers = 64;

/** A short walk on a small bank of any bytes. */
function trialWalk(card: Card, kernel: Kernel, n: number, lanes: number): Promise<Uint8Array> {
  const { device } = card;
  let x = 1;
  const any = (length: number, change = (word: number) => word) =>
    Uint32Array.from({ length }, () => {
      x = Math.imul(x, 1664525) + 1013904223;
      return change(x ^ (x >>> 15));
    });
  return withBuffers(card, async (buffers) => {
    const bank = await buffers.storage(trialPages * n);
    const coefficients = await buffers.storage(n);
    const results = await buffers.storage(trialWalkers * 4);
    const uniform = await buffers.uniform(walkUniformBytes);
    const staging = await buffers.staging(trialWalkers * 4);
    device.queue.writeBuffer(bank, 0, any((trialPages * n) / 4));
    device.queue.writeBuffer(
      coefficients,
      0,
      any(n / 4, (word) => word | 1),
    );
    const walk = [...any(8), 0, 1, trialWalkers, 0, trialPages - 1, 11];
    device.queue.writeBuffer(uniform, 0, Uint32Array.from(walk));
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(kernel.pipeline);
    pass.setBindGroup(0, card.group(kernel, [bank, coefficients, results, uniform]), [0]);
    pass.dispatchWorkgroups((trialWalkers * lanes) / walkThreads);
    pass.end();
    encoder.copyBufferToBuffer(results, 0, staging, 0, trialWalkers * 4);
    device.queue.submit([encoder.finish()]);
    return new Uint8Array(await card.bytes(staging, trialWalkers * 4));
  });
}
