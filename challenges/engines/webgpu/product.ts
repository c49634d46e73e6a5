import { type Card, type Kernel, subgroupMatrixFeature } from './device/card.js';
import { type MatrixUnit, matrixKernel } from './kernels/matrix.js';
import { plainTile, plainWgsl } from './kernels/plain.js';
import { type Arithmetic, type PerThread, productTile, productWgsl } from './kernels/product.js';
import type { PageValues } from './kernels/text.js';

/** A layer kernel, not yet compiled, and the pages and matrix rows of one of its workgroups. */
export interface ProductSpec {
  readonly name: string;
  readonly code: string;
  readonly tile: { readonly pages: number; readonly rows: number };
}

/** A layer kernel, compiled for one card. */
export interface Product {
  readonly kernel: Kernel;
  readonly tile: ProductSpec['tile'];
}

/** @throws Error with the compiler's words */
export const compileProduct = async (card: Card, { code, tile }: ProductSpec): Promise<Product> => ({
  kernel: await card.kernel(code, ['read', 'shifted', 'read', 'write']),
  tile,
});

/** The kernel that all others are held against; the one that software devices run. */
export function plainSpec(n: number, packed: boolean): ProductSpec {
  return { name: 'plain', code: plainWgsl(n as PageValues, packed), tile: plainTile };
}

/** A tiled product. */
export function tiledSpec(n: number, arithmetic: Arithmetic, perThread: PerThread): ProductSpec {
  const code = productWgsl(n as PageValues, arithmetic, perThread);
  return { name: `${arithmetic}-${perThread}x${perThread}`, code, tile: productTile(perThread) };
}

/** The tiled products that a card can run, packed dot products where the language has them. */
export function tiledSpecs(card: Pick<Card, 'packed'>, n: number): ProductSpec[] {
  const arithmetics: readonly Arithmetic[] = card.packed ? ['dot4', 'float'] : ['float'];
  return arithmetics.flatMap((arithmetic) => [tiledSpec(n, arithmetic, 8), tiledSpec(n, arithmetic, 4)]);
}

/** What `adapter.info` says of subgroup matrices, which @webgpu/types does not know. */
interface MatrixInfo {
  readonly subgroupMatrixConfigs?: Iterable<
    MatrixUnit & { readonly componentType: string; readonly resultComponentType: string }
  >;
}

/** Kernels on the card's own int8 subgroup matrices; none where it offers none. */
export function matrixSpecs(card: Pick<Card, 'adapter' | 'device'>, n: number): ProductSpec[] {
  const { device, adapter } = card;
  const {
    subgroupMinSize: minSize,
    subgroupMaxSize: maxSize,
    subgroupMatrixConfigs,
  } = adapter.info as GPUAdapterInfo & MatrixInfo;
  if (!device.features.has(subgroupMatrixFeature) || minSize === undefined || maxSize === undefined)
    return [];
  const bounds = {
    minSize,
    maxSize,
    threads: device.limits.maxComputeInvocationsPerWorkgroup,
    workgroupBytes: device.limits.maxComputeWorkgroupStorageSize,
  };
  const specs = new Map<string, ProductSpec>();
  for (const { componentType, resultComponentType, M, N, K } of subgroupMatrixConfigs ?? []) {
    if (componentType !== 'i8' || resultComponentType !== 'i32') continue;
    const unit = { M: Number(M), N: Number(N), K: Number(K) };
    const name = `matrix-${unit.M}x${unit.N}x${unit.K}`;
    const kernel = matrixKernel(n as PageValues, unit, bounds);
    if (kernel !== null) specs.set(name, { name, ...kernel });
  }
  return [...specs.values()];
}
