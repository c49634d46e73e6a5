import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { walkKeys } from '../../memory/keys.js';
import { tableSource } from '../../memory/source.js';
import { networkFromSeed } from '../../pages/network.js';
import { startVectors } from '../../pages/start.js';
import type { TableShape } from '../table.js';
import { useSoftwareVulkan } from '../testing/software-vulkan.js';
import type { OpenGpu } from './device/card.js';
import { openDawn } from './device/dawn.js';
import { createWebgpuEngine } from './engine.js';
import { createWebgpuTableEngine } from './table.js';

useSoftwareVulkan();

const seed = createHash('sha256').update('trouble').digest();
const small: TableShape = { n: 256, layers: 2, banks: 2, bankPages: 64, walkers: 30, steps: 4 };
const keys = walkKeys(seed, 0, null);
const openEngines: { close(): Promise<void> }[] = [];
const closedAfter = <E extends { close(): Promise<void> }>(engine: E): E => {
  openEngines.push(engine);
  return engine;
};

afterEach(async () => {
  for (const engine of openEngines.splice(0)) await engine.close();
});

/** Dawn, whose devices can be got hold of; `change` may alter one before it is used. */
function watchedDawn(change: (device: GPUDevice) => void = () => {}) {
  const devices: GPUDevice[] = [];
  const open: OpenGpu = async () => {
    const gpu = await openDawn()();
    const requestAdapter = async (options?: GPURequestAdapterOptions) => {
      const adapter = (await gpu.requestAdapter(options)) as GPUAdapter;
      const requestDevice = async (descriptor?: GPUDeviceDescriptor) => {
        const device = await adapter.requestDevice(descriptor);
        change(device);
        devices.push(device);
        return device;
      };
      const { features, limits, info } = adapter;
      return { features, limits, info, requestDevice } as unknown as GPUAdapter;
    };
    return { requestAdapter, wgslLanguageFeatures: gpu.wgslLanguageFeatures } as unknown as GPU;
  };
  return { open, devices };
}

/** A card of `bytes` bytes: what is more comes back as the error that a real one gives. */
function cardOf(bytes: number) {
  let held = 0;
  return watchedDawn((device) => {
    const { createBuffer, popErrorScope } = device;
    let full = false;
    device.createBuffer = (descriptor) => {
      const buffer = createBuffer.call(device, { ...descriptor, size: Math.min(descriptor.size, 2 ** 20) });
      full = held + descriptor.size > bytes;
      held += descriptor.size;
      const destroy = buffer.destroy;
      buffer.destroy = () => {
        held -= descriptor.size;
        return destroy.call(buffer);
      };
      return buffer;
    };
    device.popErrorScope = async () => {
      const error = await popErrorScope.call(device);
      return full ? ({ message: 'no room' } as GPUError) : error;
    };
  });
}

describe('a table that does not fit', () => {
  it('is out of memory where a bank is larger than a buffer may be, and a small one works after it', async () => {
    const engine = closedAfter(createWebgpuTableEngine(openDawn()));
    const huge = { ...small, n: 1024 as const, bankPages: 2 ** 24 };
    await expect(engine.prepare(huge)).rejects.toMatchObject({ code: 'engine.out-of-memory' });
    const table = await engine.prepare(small);
    await table.build(tableSource(small, seed));
    expect(await table.walk(keys, 0, 30)).toHaveLength(30);
  });

  it('is out of memory where the card says so, and leaves nothing behind', async () => {
    const bank = 64 * 2 ** 20;
    const { open } = cardOf(3.5 * bank);
    const engine = closedAfter(createWebgpuTableEngine(open));
    const large = { ...small, bankPages: bank / 256, banks: 4 };
    for (const attempt of ['first', 'second']) {
      await expect(engine.prepare(large), attempt).rejects.toMatchObject({ code: 'engine.out-of-memory' });
    }
    const table = await engine.prepare({ ...small, bankPages: bank / 256, banks: 2 });
    await table.close();
    await engine.prepare({ ...small, bankPages: bank / 256, banks: 2 });
  });
});

describe('a device that is lost', () => {
  it('fails what is under way and all later calls, and the next table has a new one', async () => {
    const { open, devices } = watchedDawn();
    const engine = closedAfter(createWebgpuTableEngine(open));
    const source = tableSource(small, seed);
    const table = await engine.prepare(small);
    await table.build(source);
    const whole = await table.walk(keys, 0, 30);

    const building = table.build(source);
    const lost = expect(building).rejects.toMatchObject({ code: 'engine.device-lost' });
    devices[0]?.destroy();
    await lost;
    for (const later of [
      () => table.build(source),
      () => table.walk(keys, 0, 30),
      () => table.read(0, 0, 1),
    ]) {
      await expect(later()).rejects.toMatchObject({ code: 'engine.device-lost' });
    }
    await table.close();

    const again = await engine.prepare(small);
    await again.build(source);
    expect(await again.walk(keys, 0, 30)).toEqual(whole);
    expect(devices).toHaveLength(2);
  });

  it('fails digests that are under way, and the next exam has a new one', async () => {
    const { open, devices } = watchedDawn();
    const engine = closedAfter(createWebgpuEngine(open));
    const shape = { n: 256, layers: 3, pages: 256 } as const;
    const start = startVectors(seed, 256, 256);
    const prepared = await engine.prepare(shape);
    await prepared.load(networkFromSeed(seed, 256, 3));
    const digests = prepared.digests(start, 0, 256);
    const lost = expect(digests).rejects.toMatchObject({ code: 'engine.device-lost' });
    devices[0]?.destroy();
    await lost;
    await expect(prepared.digests(start, 0, 256)).rejects.toMatchObject({ code: 'engine.device-lost' });

    const again = await engine.prepare(shape);
    await again.load(networkFromSeed(seed, 256, 3));
    expect(await again.digests(start, 0, 256)).toHaveLength(4 * 256);
  });
});

describe('a machine without WebGPU', () => {
  it('has no such engine', async () => {
    const none = async () => ({ requestAdapter: async () => null }) as unknown as GPU;
    const broken = async () => Promise.reject(new Error('no driver'));
    for (const open of [none, broken]) {
      const unavailable = { code: 'engine.unavailable' };
      await expect(createWebgpuEngine(open).prepare({ n: 256, layers: 1, pages: 64 })).rejects.toMatchObject(
        unavailable,
      );
      await expect(createWebgpuTableEngine(open).prepare(small)).rejects.toMatchObject(unavailable);
    }
  });

  it('has no card by a name that is not there', async () => {
    const engine = createWebgpuEngine(openDawn({ adapter: 'no such card' }));
    await expect(engine.prepare({ n: 256, layers: 1, pages: 64 })).rejects.toMatchObject({
      code: 'engine.unavailable',
    });
  });
});
