import type { PreparedTable, TableEngine, TableShape, TableSource } from '../table.js';
import { chooseWalk } from './choice/choose-walk.js';
import { Buffers, withBuffers } from './device/buffers.js';
import type { Card, OpenGpu } from './device/card.js';
import { CardHolder } from './device/holder.js';
import { oneByOne } from './device/turns.js';
import { PageMaker, whole } from './pages.js';
import type { Product } from './product.js';
import { Walks } from './walks.js';

const name = 'webgpu';

/**
 * The table of the memory exam in a card's own memory, made and walked by our own WGSL kernels, for any WebGPU. Nothing is
 * opened before `prepare`; a device that was lost is opened anew by the next `prepare`. A bank is one buffer.
 * @param open gives the entry point, such as `navigator.gpu`
 */
export function createWebgpuTableEngine(open: OpenGpu): TableEngine {
  const holder = new CardHolder(name, open);
  const prepared = new Set<PreparedTable>();
  return {
    name,
    async prepare(shape) {
      const card = await holder.card();
      const product = await holder.product(card, shape.n);
      const table = await card.run(() => Table.create(card, shape, product));
      const result: PreparedTable = {
        batchWalkers: table.batchWalkers,
        build: (source, onProgress) => table.build(source, onProgress),
        walk: (keys, first, count) => table.walk(keys, first, count),
        read: (bank, first, count) => table.read(bank, first, count),
        async close() {
          if (prepared.delete(result)) await table.close();
        },
      };
      prepared.add(result);
      return result;
    },
    async close() {
      for (const table of prepared) await table.close();
      await holder.close();
    },
  };
}

/** One table on a card. */
class Table {
  readonly batchWalkers: number;
  readonly #card: Card;
  readonly #shape: TableShape;
  readonly #places: Places;
  readonly #turn = oneByOne();
  #state: 'empty' | 'built' | 'closed' = 'empty';

  private constructor(card: Card, shape: TableShape, places: Places) {
    this.#card = card;
    this.#shape = shape;
    this.#places = places;
    this.batchWalkers = places.walks.batchWalkers;
  }

  /** @throws TouchstoneError `engine.out-of-memory`; then nothing of it is left on the card */
  static async create(card: Card, shape: TableShape, product: Product): Promise<Table> {
    const { n, banks, bankPages } = shape;
    const buffers = new Buffers(card);
    try {
      const makerShape = { n, layers: shape.layers, pages: banks * bankPages, atOnce: bankPages };
      const maker = await PageMaker.create(card, makerShape, product, buffers);
      const table = await buffers.equals(banks, bankPages * n);
      const coefficients = await buffers.storage(n);
      const walks = await Walks.create(card, shape, await chooseWalk(card, n), table, coefficients, buffers);
      await maker.warmUp();
      return new Table(card, shape, { buffers, banks: table, coefficients, maker, walks });
    } catch (error) {
      await buffers.free();
      throw error;
    }
  }

  build(source: TableSource, onProgress: (share: number) => void = () => {}): Promise<void> {
    return this.#turn(() =>
      this.#card.run(async () => {
        const { maker, coefficients } = this.#places;
        this.#requireOpen();
        this.#state = 'empty';
        maker.load(source.network);
        this.#card.device.queue.writeBuffer(coefficients, 0, whole(source.coefficients));
        for (let bank = 0; bank < this.#shape.banks; bank++) await this.#fill(bank, source, onProgress);
        await maker.pace.submit();
        await maker.pace.idle();
        this.#requireOpen();
        this.#state = 'built';
        onProgress(1);
      }),
    );
  }

  async #fill(bank: number, { start }: TableSource, onProgress: (share: number) => void): Promise<void> {
    const { n, banks, bankPages } = this.#shape;
    const { maker } = this.#places;
    const buffer = this.#places.banks[bank] as GPUBuffer;
    for (let index = 0; index < bankPages; ) {
      this.#requireOpen();
      const count = Math.min(maker.runPages, bankPages - index);
      const page = bank * bankPages + index;
      await maker.run(start, page, count, { buffer, offset: index * n, size: count * n });
      index += count;
      onProgress((page + count) / (banks * bankPages + 1));
    }
  }

  walk(keys: Uint32Array, first: number, count: number): Promise<Uint32Array> {
    return this.#card.run(async () => {
      if (this.#state !== 'built') throw this.#card.failed('No table was built.');
      return this.#places.walks.walk(keys, first, count);
    });
  }

  read(bank: number, first: number, count: number): Promise<Int8Array> {
    return this.#turn(() =>
      this.#card.run(async () => {
        if (this.#state !== 'built') throw this.#card.failed('No table was built.');
        const { n } = this.#shape;
        return withBuffers(this.#card, async (buffers) => {
          const staging = await buffers.staging(count * n);
          const encoder = this.#card.device.createCommandEncoder();
          const source = this.#places.banks[bank] as GPUBuffer;
          encoder.copyBufferToBuffer(source, first * n, staging, 0, count * n);
          this.#card.device.queue.submit([encoder.finish()]);
          return new Int8Array(await this.#card.bytes(staging, count * n));
        });
      }),
    );
  }

  #requireOpen(): void {
    if (this.#state === 'closed') throw this.#card.failed('The table was closed.');
  }

  /** What is under way ends first: a build at its next run. */
  close(): Promise<void> {
    this.#state = 'closed';
    const { buffers, walks } = this.#places;
    walks.close();
    return this.#turn(() => buffers.free());
  }
}

/** What a table has on its card. */
interface Places {
  readonly buffers: Buffers;
  readonly banks: readonly GPUBuffer[];
  readonly coefficients: GPUBuffer;
  readonly maker: PageMaker;
  readonly walks: Walks;
}
