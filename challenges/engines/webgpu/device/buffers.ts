import type { Card } from './card.js';
import { usage } from './flags.js';

/** Buffers that belong together and are given back together, also where the last of them did not fit. */
export class Buffers {
  readonly #card: Card;
  readonly #all: GPUBuffer[] = [];

  constructor(card: Card) {
    this.#card = card;
  }

  /**
   * `count` buffers that kernels read and write, all or none.
   * @param size bytes of each
   * @throws TouchstoneError `engine.out-of-memory`
   */
  equals(count: number, size: number): Promise<GPUBuffer[]> {
    return this.#allocate(new Array(count).fill(size), usage.storage | usage.copySource | usage.copyTarget);
  }

  /** One that kernels read and write. @throws TouchstoneError `engine.out-of-memory` */
  async storage(size: number): Promise<GPUBuffer> {
    return (await this.equals(1, size))[0] as GPUBuffer;
  }

  /** One for a kernel's uniforms. @throws TouchstoneError `engine.out-of-memory` */
  async uniform(size: number): Promise<GPUBuffer> {
    return (await this.#allocate([size], usage.uniform | usage.copyTarget))[0] as GPUBuffer;
  }

  /** One for results on their way back. @throws TouchstoneError `engine.out-of-memory` */
  async staging(size: number): Promise<GPUBuffer> {
    return (await this.#allocate([size], usage.mapRead | usage.copyTarget))[0] as GPUBuffer;
  }

  async #allocate(sizes: readonly number[], flags: number): Promise<GPUBuffer[]> {
    const buffers = await this.#card.allocate(sizes, flags);
    this.#all.push(...buffers);
    return buffers;
  }

  async free(): Promise<void> {
    await this.#card.free(this.#all.splice(0));
  }
}

/** Does something with buffers that are gone afterwards. */
export async function withBuffers<T>(card: Card, use: (buffers: Buffers) => Promise<T>): Promise<T> {
  const buffers = new Buffers(card);
  try {
    return await use(buffers);
  } finally {
    await buffers.free();
  }
}
