import type { StartVectors } from '../../pages/start.js';
import type { ComputeEngine, EngineShape, PreparedCompute } from '../engine.js';
import { Buffers } from './device/buffers.js';
import type { Card, Kernel, OpenGpu } from './device/card.js';
import { CardHolder } from './device/holder.js';
import { oneByOne } from './device/turns.js';
import { digestTilePages, digestWgsl } from './kernels/digest.js';
import type { PageValues } from './kernels/text.js';
import { blockPages, PageMaker, whole } from './pages.js';
import type { Product } from './product.js';

const name = 'webgpu';

/** Bytes of one page's digest. */
const digestBytes = 16;

/** Most pages of a batch, 16 MiB of digests, and the time that one should take: the wait between two costs no more than 1 %. */
const mostBatchPages = 2 ** 20;
const batchMilliseconds = 500;

/**
 * The page network in our own WGSL kernels, for any WebGPU: a browser's or Dawn's. Nothing is opened before `prepare`; a
 * device that was lost is opened anew by the next `prepare`.
 * @param open gives the entry point, such as `navigator.gpu`
 */
export function createWebgpuEngine(open: OpenGpu): ComputeEngine {
  const holder = new CardHolder(name, open);
  const prepared = new Set<PreparedCompute>();
  return {
    name,
    async prepare(shape) {
      const card = await holder.card();
      const product = await holder.product(card, shape.n);
      const digester = await card.run(() => Digester.create(card, shape, product));
      const compute: PreparedCompute = {
        batchPages: digester.batchPages,
        load: (network) => digester.load(network),
        digests: (start, first, count) => digester.digests(start, first, count),
        async close() {
          if (prepared.delete(compute)) await digester.close();
        },
      };
      prepared.add(compute);
      return compute;
    },
    async close() {
      for (const compute of prepared) await compute.close();
      await holder.close();
    },
  };
}

/** Pages of one shape made and digested on a card, so that 16 bytes a page come back. */
class Digester {
  readonly batchPages: number;
  readonly load: PreparedCompute['load'];
  readonly #card: Card;
  readonly #maker: PageMaker;
  readonly #kernel: Kernel;
  readonly #buffers: Buffers;
  readonly #places: Places;
  readonly #n: number;
  readonly #turn = oneByOne();
  #state: 'empty' | 'loaded' | 'closed' = 'empty';

  private constructor(
    card: Card,
    n: number,
    maker: PageMaker,
    kernel: Kernel,
    buffers: Buffers,
    places: Places,
  ) {
    this.#card = card;
    this.#n = n;
    this.#maker = maker;
    this.#kernel = kernel;
    this.#buffers = buffers;
    this.#places = places;
    this.batchPages = places.digests.size / digestBytes;
    this.load = (network) =>
      this.#turn(() =>
        card.run(async () => {
          if (this.#state === 'closed') throw card.failed('It was closed.');
          maker.load(network);
          card.device.queue.writeBuffer(places.matrix, 0, whole(network.digest));
          this.#state = 'loaded';
        }),
      );
  }

  /** @throws TouchstoneError `engine.out-of-memory`; then nothing of it is left on the card */
  static async create(card: Card, shape: EngineShape, product: Product): Promise<Digester> {
    const { n, layers, pages } = shape;
    const buffers = new Buffers(card);
    try {
      const kernel = await card.kernel(digestWgsl(n as PageValues, card.packed), ['read', 'read', 'write']);
      const maker = await PageMaker.create(card, { ...shape, atOnce: pages }, product, buffers);
      await maker.warmUp();
      const affordable = (maker.pace.rate * batchMilliseconds) / (2 * n * n * layers * blockPages);
      const most = Math.min(mostBatchPages / blockPages, Math.ceil(pages / blockPages));
      const bytes = Math.max(1, Math.min(most, Math.floor(affordable))) * blockPages * digestBytes;
      return new Digester(card, n, maker, kernel, buffers, {
        matrix: await buffers.storage(4 * n),
        digests: await buffers.storage(bytes),
        staging: await buffers.staging(bytes),
      });
    } catch (error) {
      await buffers.free();
      throw error;
    }
  }

  digests(start: StartVectors, first: number, count: number): Promise<Int32Array> {
    return this.#turn(() =>
      this.#card.run(async () => {
        if (this.#state !== 'loaded') throw this.#card.failed('No network was loaded.');
        for (let done = 0; done < count; ) {
          const run = Math.min(this.#maker.runPages, count - done);
          const pages = await this.#maker.run(start, first + done, run);
          await this.#digest(pages, done, run);
          done += run;
        }
        const { digests, staging } = this.#places;
        const length = count * digestBytes;
        await this.#maker.pace.submit((encoder) =>
          encoder.copyBufferToBuffer(digests, 0, staging, 0, length),
        );
        return new Int32Array(await this.#card.bytes(staging, length));
      }),
    );
  }

  async #digest(pages: GPUBuffer, at: number, count: number): Promise<void> {
    const { matrix, digests } = this.#places;
    const output = { buffer: digests, offset: at * digestBytes, size: count * digestBytes };
    const group = this.#card.group(this.#kernel, [matrix, pages, output]);
    const groups = Math.ceil(count / digestTilePages);
    await this.#maker.pace.add(8 * this.#n * count, (pass) => {
      pass.setPipeline(this.#kernel.pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(Math.min(groups, 32768), Math.ceil(groups / 32768));
    });
  }

  close(): Promise<void> {
    this.#state = 'closed';
    return this.#turn(() => this.#buffers.free());
  }
}

interface Places {
  /** The network's `4 × n` digest matrix. */
  readonly matrix: GPUBuffer;
  readonly digests: GPUBuffer;
  readonly staging: GPUBuffer;
}
