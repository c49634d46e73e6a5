import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useSoftwareVulkan } from '../testing/software-vulkan.js';
import { productTrial, tryProducts } from './choice/choose-product.js';
import { tryWalks } from './choice/choose-walk.js';
import { Card, subgroupMatrixFeature } from './device/card.js';
import { openDawn } from './device/dawn.js';
import { type MatrixUnit, matrixKernel, type SubgroupBounds } from './kernels/matrix.js';
import { compileProduct, matrixSpecs, plainSpec, tiledSpec } from './product.js';

useSoftwareVulkan();

let card: Card;
beforeAll(async () => {
  card = await Card.open('test', openDawn());
});
afterAll(() => card.close());

describe('layer kernels', () => {
  // Bits alone: software compiles a tiled kernel for seconds, and then it is slower than the plain one. The plain one is held
  // against the loops by the engine's own tests.
  it.each([
    { n: 256, name: '8 × 8 packed dot products', spec: tiledSpec(256, 'dot4', 8) },
    { n: 256, name: '4 × 4 in fp32', spec: tiledSpec(256, 'float', 4) },
    { n: 512, name: '4 × 4 packed dot products', spec: tiledSpec(512, 'dot4', 4) },
    { n: 256, name: 'no packed dot product', spec: plainSpec(256, false) },
  ])('of n $n, $name, give the bits of the plain one', async ({ n, spec }) => {
    const trial = productTrial(card, n);
    const expected = await trial.bits(await compileProduct(card, plainSpec(n, true)));
    expect(new Set(expected).size).toBeGreaterThan(200);
    expect(await trial.bits(await compileProduct(card, spec))).toEqual(expected);
  });

  it('with other bits are refused', async () => {
    const spec = plainSpec(256, true);
    const wrong = { ...spec, name: 'wrong', code: spec.code.replace('vec4u(7u)', 'vec4u(6u)') };
    const { refused } = await tryProducts(card, 256, spec, [wrong]);
    expect(refused).toEqual({ wrong: 'other bits' });
  });

  it('that do not compile are refused, and the card works on', async () => {
    const broken = { ...plainSpec(256, true), name: 'broken', code: 'not WGSL' };
    const { refused } = await card.run(() => tryProducts(card, 256, plainSpec(256, true), [broken]));
    expect(refused).toEqual({ broken: 'does not compile' });
    expect(card.usable).toBe(true);
  });
});

describe('layer kernels on subgroup matrices', () => {
  const bounds = { minSize: 32, maxSize: 32, threads: 256, workgroupBytes: 32768 };
  const wide = { M: 16, N: 16, K: 32 };

  it.each<[MatrixUnit, SubgroupBounds, object]>([
    [wide, bounds, { pages: 128, rows: 128 }],
    [{ M: 16, N: 8, K: 32 }, bounds, { pages: 128, rows: 128 }],
    [
      { M: 16, N: 16, K: 16 },
      { ...bounds, maxSize: 64 },
      { pages: 128, rows: 128 },
    ],
    [
      { M: 8, N: 16, K: 32 },
      { ...bounds, minSize: 8 },
      { pages: 64, rows: 64 },
    ],
  ])('of %o compile', async (unit, limits, tile) => {
    // The null device runs nothing, but reads all of WGSL.
    const { create } = await import('webgpu');
    const gpu = create(['backend=null', 'enable-dawn-features=allow_unsafe_apis']);
    const adapter = (await gpu.requestAdapter()) as GPUAdapter;
    const device = await adapter.requestDevice({
      requiredFeatures: ['subgroups', subgroupMatrixFeature] as string[] as GPUFeatureName[],
    });
    for (const n of [256, 512, 1024] as const) {
      const kernel = matrixKernel(n, unit, limits);
      expect(kernel?.tile).toEqual(tile);
      device.pushErrorScope('validation');
      const { messages } = await device.createShaderModule({ code: kernel?.code ?? '' }).getCompilationInfo();
      expect(messages.map(({ message }) => message)).toEqual([]);
      expect(await device.popErrorScope()).toBeNull();
    }
    device.destroy();
  });

  it.each([
    ['too many threads', wide, { ...bounds, maxSize: 128 }],
    ['too little workgroup memory', wide, { ...bounds, workgroupBytes: 16384 }],
    ['a unit deeper than a slice', { ...wide, K: 128 }, bounds],
    ['a unit as large as a tile', { ...wide, M: 128 }, bounds],
  ])('are not made with %s', (_why, unit, limits) => {
    expect(matrixKernel(256, unit, limits)).toBeNull();
  });

  it('are only for cards that offer int8 ones', () => {
    const units = [
      { ...wide, componentType: 'f16', resultComponentType: 'f32' },
      { ...wide, componentType: 'i8', resultComponentType: 'i32' },
    ];
    const offering = (configs: typeof units, features: string[]) =>
      ({
        adapter: { info: { subgroupMinSize: 32, subgroupMaxSize: 32, subgroupMatrixConfigs: configs } },
        device: {
          features: new Set(features),
          limits: { maxComputeInvocationsPerWorkgroup: 256, maxComputeWorkgroupStorageSize: 32768 },
        },
      }) as unknown as Card;
    const names = (card: Card) => matrixSpecs(card, 256).map((spec) => spec.name);
    expect(names(offering(units, [subgroupMatrixFeature]))).toEqual(['matrix-16x16x32']);
    expect(names(offering(units.slice(0, 1), [subgroupMatrixFeature]))).toEqual([]);
    expect(names(offering(units, []))).toEqual([]);
    expect(names(card)).toEqual([]);
  });
});

describe('walk kernels', () => {
  // Four threads a walker: the software device has subgroups of four, real ones have 32 or 64.
  it.each([256, 1024])('of n %d that add by shuffles give the results of those that do not', async (n) => {
    expect((await tryWalks(card, n, 4)).name).toBe('subgroup');
  });

  it('add through workgroup memory where subgroups are smaller than a walker', async () => {
    const { name, refused } = await tryWalks(card, 256, 16);
    expect({ name, refused }).toEqual({ name: 'workgroup', refused: { subgroup: 'not offered' } });
  });
});
