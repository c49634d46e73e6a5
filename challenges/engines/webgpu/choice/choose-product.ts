import type { PageNetwork } from '../../../pages/network.js';
import { withBuffers } from '../device/buffers.js';
import { Card, type OpenGpu } from '../device/card.js';
import { PageMaker } from '../pages.js';
import {
  compileProduct,
  matrixSpecs,
  type Product,
  type ProductSpec,
  plainSpec,
  tiledSpecs,
} from '../product.js';
import { type Candidate, type Chosen, chooseKernel, type Trial } from './choose.js';

/**
 * The best layer kernel for pages of `n` on the card that `open` gives. Rivals of the plain one are tried on a device of
 * their own, so that one that crashes takes nothing else along. A software device runs the plain kernel untried: the others
 * are made for what only hardware has.
 */
export async function chooseProduct(card: Card, open: OpenGpu, n: number): Promise<ProductSpec> {
  const plain = plainSpec(n, card.packed);
  if (card.adapter.info.isFallbackAdapter === true) return plain;
  const tiled = tiledSpecs(card, n);
  // An experiment may cost the trial its device: then once more without it.
  for (const rivals of [[...tiled, ...matrixSpecs(card, n)], tiled]) {
    const chosen = await tryOnOwnDevice(open, n, plain, rivals).catch(() => null);
    if (chosen !== null) return [plain, ...rivals].find((spec) => spec.name === chosen) ?? plain;
  }
  return plain;
}

async function tryOnOwnDevice(
  open: OpenGpu,
  n: number,
  plain: ProductSpec,
  rivals: readonly ProductSpec[],
): Promise<string> {
  const card = await Card.open('webgpu', open);
  try {
    return (await card.run(() => tryProducts(card, n, plain, rivals))).name;
  } finally {
    card.close();
  }
}

/** Holds rivals against the plain kernel on this card. */
export async function tryProducts(
  card: Card,
  n: number,
  plain: ProductSpec,
  rivals: readonly ProductSpec[],
): Promise<Chosen<Product>> {
  const candidates = rivals.map(
    (spec): Candidate<Product> => ({
      name: spec.name,
      offered: true,
      compile: () => compileProduct(card, spec),
    }),
  );
  return chooseKernel(
    { name: plain.name, kernel: await compileProduct(card, plain) },
    candidates,
    productTrial(card, n),
  );
}

/** A small layer with the largest sums that there are, and a large one for its time. */
export function productTrial(card: Card, n: number): Trial<Product> {
  const shapeOf = (pages: number) => ({ n, layers: 1, pages, atOnce: pages });
  return {
    bits: (product) =>
      withBuffers(card, async (buffers) => {
        const maker = await PageMaker.create(card, shapeOf(trialPages), product, buffers);
        maker.load(trialNetwork(n));
        const start = { left: trialBytes(trialPages * n, 1), right: new Int8Array(n) };
        const pages = await maker.run(start, 0, trialPages);
        const staging = await buffers.staging(pages.size);
        await maker.pace.submit((encoder) => encoder.copyBufferToBuffer(pages, 0, staging, 0, pages.size));
        return new Uint8Array(await card.bytes(staging, pages.size));
      }),
    milliseconds: (product) =>
      withBuffers(card, async (buffers) => {
        const maker = await PageMaker.create(card, shapeOf(2 ** 20), product, buffers);
        await maker.warmUp();
        return teraOperation / maker.pace.rate;
      }),
  };
}

const trialPages = 256;
const teraOperation = 1e12;

/** All values at their ends in the first half, for the largest sums; then any. Not secret, so any generator will do. */
function trialBytes(length: number, seed: number): Int8Array {
  let x = seed;
  return Int8Array.from({ length }, (_, at) => {
    x = Math.imul(x, 1664525) + 1013904223;
    return at < length / 2 ? -128 : x >> 24;
  });
}

function trialNetwork(n: number): PageNetwork {
  const matrix = trialBytes(n * n, 2);
  return {
    n,
    layers: 1,
    matrices: [matrix, matrix, matrix, matrix],
    bias: trialBytes(n, 3),
    digest: new Int8Array(4 * n),
  };
}
