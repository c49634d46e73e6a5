import type { PageNetwork } from '../../pages/network.js';
import type { StartVectors } from '../../pages/start.js';
import type { Buffers } from './device/buffers.js';
import type { Card, Kernel } from './device/card.js';
import { Pace, sliceMilliseconds } from './device/pace.js';
import { startThreads, startWgsl } from './kernels/start.js';
import type { PageValues } from './kernels/text.js';
import type { Product } from './product.js';

/** Pages that share one `right` vector (docs/protocol.md section 1). Not from `pages/start.ts`, which needs Node. */
export const blockPages = 1024;

/** Bytes of each of the two sets of activations: what fits the last-level cache of large cards, and still fills them. */
const scratchBytes = 32 * 2 ** 20;

/** A whole tile of any product kernel. */
const tilePages = 128;

/** Runs whose start vectors may be uploaded before the slice with the first one has to be submitted. */
const ringSize = 16;

/** Both dynamic offsets of the start kernel are multiples of this. */
const offsetAlignment = 256;

/** A warm-up ends when a round of it takes so long, and after so many rounds in any case. */
const warmMilliseconds = 20;
const mostWarmUps = 8;

/** Operations a millisecond that a card is first taken for: a slow laptop's. */
const firstRate = 1e8;

/** What a maker is made for. */
export interface MakerShape {
  readonly n: number;
  readonly layers: number;
  /** Of a round, or of the whole table. */
  readonly pages: number;
  /** The most that one run is asked for, which may be less than fits the scratch. */
  readonly atOnce: number;
}

/** Computes pages on a card, in runs of a size that the card computes in a tenth of a second. */
export class PageMaker {
  readonly pace: Pace;
  /** Most pages in one run. */
  readonly capacity: number;
  readonly #card: Card;
  readonly #shape: MakerShape;
  readonly #product: Product;
  readonly #start: Kernel;
  readonly #places: Places;
  readonly #groups: Groups;
  #slot = 0;
  #left: Int8Array | null = null;

  private constructor(card: Card, shape: MakerShape, product: Product, start: Kernel, places: Places) {
    this.#card = card;
    this.#shape = shape;
    this.#product = product;
    this.#start = start;
    this.#places = places;
    this.#groups = this.#makeGroups();
    this.capacity = places.scratch[0].size / shape.n;
    this.pace = new Pace(card, firstRate);
  }

  /**
   * @param buffers where its own are added; it is of no more use when they are freed
   * @throws TouchstoneError `engine.out-of-memory`
   */
  static async create(card: Card, shape: MakerShape, product: Product, buffers: Buffers): Promise<PageMaker> {
    const { n, layers, pages, atOnce } = shape;
    const start = await card.kernel(startWgsl(n as PageValues), [
      'read',
      'shifted',
      'write',
      'shifted-uniform',
    ]);
    const capacity = Math.min(scratchBytes / n, Math.ceil(atOnce / tilePages) * tilePages);
    const blocks = Math.ceil(capacity / blockPages) + 1;
    return new PageMaker(card, shape, product, start, {
      scratch: [await buffers.storage(capacity * n), await buffers.storage(capacity * n)],
      matrices: await buffers.storage(4 * n * n),
      bias: await buffers.storage(layers * n),
      left: await buffers.storage(Math.min(pages, blockPages) * n),
      right: await buffers.storage(ringSize * blocks * n),
      runs: await buffers.uniform(ringSize * offsetAlignment),
      blocks,
    });
  }

  #makeGroups(): Groups {
    const { n, layers } = this.#shape;
    const { scratch, left, right, runs, blocks } = this.#places;
    return {
      start: this.#card.group(this.#start, [
        left,
        { buffer: right, size: blocks * n },
        scratch[0],
        { buffer: runs, size: 8 },
      ]),
      layers: Array.from({ length: Math.min(4, layers) }, (_, layer) =>
        this.#layerGroup(layer, { buffer: scratch[(layer + 1) % 2] as GPUBuffer }),
      ),
    };
  }

  #layerGroup(layer: number, output: GPUBufferBinding): GPUBindGroup {
    const { n } = this.#shape;
    const { matrices, bias, scratch } = this.#places;
    return this.#card.group(this.#product.kernel, [
      { buffer: matrices, offset: (layer % 4) * n * n, size: n * n },
      { buffer: bias, size: n },
      scratch[layer % 2] as GPUBuffer,
      output,
    ]);
  }

  /** Takes the network that the next pages are made by. */
  load(network: PageNetwork): void {
    const { queue } = this.#card.device;
    network.matrices.forEach((matrix, m) => {
      queue.writeBuffer(this.#places.matrices, m * matrix.length, whole(matrix));
    });
    queue.writeBuffer(this.#places.bias, 0, whole(network.bias));
  }

  /** Pages of a run that take about a tenth of a second for each layer, as the card is known by now: whole blocks. */
  get runPages(): number {
    const affordable = (this.pace.rate * sliceMilliseconds) / this.#layerOperations(1);
    return Math.min(this.capacity, Math.max(1, Math.floor(affordable / blockPages)) * blockPages);
  }

  #layerOperations(pages: number): number {
    return 2 * this.#shape.n ** 2 * pages;
  }

  /**
   * Makes the pages `first … first + count - 1` of a round, `count` at most `capacity`. They are there when the slices that
   * this opened are done.
   * @param output where they go; without it they are in the buffer that is returned, until the next run
   */
  async run(
    start: StartVectors,
    first: number,
    count: number,
    output?: GPUBufferBinding,
  ): Promise<GPUBuffer> {
    const offsets = await this.#upload(start, first, count);
    const { n, layers } = this.#shape;
    const groups = Math.ceil((count * n) / 16 / startThreads);
    await this.pace.add(0, (pass) => {
      pass.setPipeline(this.#start.pipeline);
      pass.setBindGroup(0, this.#groups.start, offsets);
      pass.dispatchWorkgroups(Math.min(groups, 32768), Math.ceil(groups / 32768));
    });
    for (let layer = 0; layer < layers; layer++) {
      const group =
        output !== undefined && layer === layers - 1
          ? this.#layerGroup(layer, output)
          : (this.#groups.layers[layer % 4] as GPUBindGroup);
      await this.pace.add(this.#layerOperations(count), (pass) => this.#layer(pass, group, layer, count));
    }
    return this.#places.scratch[layers % 2] as GPUBuffer;
  }

  #layer(pass: GPUComputePassEncoder, group: GPUBindGroup, layer: number, pages: number): void {
    const { kernel, tile } = this.#product;
    pass.setPipeline(kernel.pipeline);
    pass.setBindGroup(0, group, [layer * this.#shape.n]);
    pass.dispatchWorkgroups(this.#shape.n / tile.rows, Math.ceil(pages / tile.pages));
  }

  /**
   * Uploads what the start kernel needs. Writes overtake what is not yet submitted, so each run has a slot of its own.
   * @returns the kernel's dynamic offsets
   */
  async #upload({ left, right }: StartVectors, first: number, count: number): Promise<number[]> {
    const { n } = this.#shape;
    const { queue } = this.#card.device;
    if (this.#slot === ringSize || this.#left !== left) {
      await this.pace.submit();
      this.#slot = 0;
    }
    // The vectors of one round are one array that nobody changes: uploaded once.
    if (this.#left !== left) queue.writeBuffer(this.#places.left, 0, whole(left));
    this.#left = left;
    const slot = this.#slot++;
    const rightOffset = slot * this.#places.blocks * n;
    const from = Math.floor(first / blockPages) * n;
    const to = Math.ceil((first + count) / blockPages) * n;
    queue.writeBuffer(this.#places.right, rightOffset, whole(right.subarray(from, to)));
    queue.writeBuffer(this.#places.runs, slot * offsetAlignment, Uint32Array.of(first % blockPages, count));
    return [rightOffset, slot * offsetAlignment];
  }

  /**
   * Works a little until the card's rate is known: more and more pages, until a layer takes a while. Kernels are compiled
   * and clocks are up after it.
   */
  async warmUp(): Promise<void> {
    const { layers } = this.#shape;
    let pages = Math.min(this.#shape.atOnce, blockPages);
    for (let round = 0; round < mostWarmUps; round++) {
      const began = performance.now();
      for (let layer = 0; layer < Math.min(4, layers); layer++) {
        const group = this.#groups.layers[layer] as GPUBindGroup;
        await this.pace.add(this.#layerOperations(pages), (pass) => this.#layer(pass, group, layer, pages));
      }
      await this.pace.submit();
      await this.pace.idle();
      const milliseconds = performance.now() - began;
      // A driver may still compile in the first round, so it counts only on a card that is slow in any case.
      if (milliseconds > (round === 0 ? 10 * warmMilliseconds : warmMilliseconds)) return;
      if (round > 0) pages = Math.min(this.capacity, pages * 4);
    }
  }
}

/** Where everything lies on the card. */
interface Places {
  readonly scratch: readonly [GPUBuffer, GPUBuffer];
  readonly matrices: GPUBuffer;
  readonly bias: GPUBuffer;
  readonly left: GPUBuffer;
  readonly right: GPUBuffer;
  readonly runs: GPUBuffer;
  /** `right` vectors in one slot of the ring. */
  readonly blocks: number;
}

interface Groups {
  readonly start: GPUBindGroup;
  readonly layers: readonly GPUBindGroup[];
}

/** What `writeBuffer` takes: never shared memory. */
export const whole = (values: Int8Array | Uint32Array): Int8Array<ArrayBuffer> | Uint32Array<ArrayBuffer> =>
  values as Int8Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;
