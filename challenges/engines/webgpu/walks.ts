import type { TableShape } from '../table.js';
import type { Buffers } from './device/buffers.js';
import type { Card, Kernel } from './device/card.js';
import { walkLanes, walkThreads, walkUniformBytes } from './kernels/walk.js';
import { walkersOfBank } from './walkers.js';

/**
 * Most walkers in one call, each a dispatch a bank and one readback: a large round is a few calls, so that its results are
 * hashed while the card walks on. One thread hashes a quarter of a million results in some milliseconds.
 */
const mostWalkers = 2 ** 18;

/** Calls under way at once: one that walks, one whose results are on their way back. */
const slots = 2;

/** Offsets of uniforms are multiples of this. */
const uniformStride = 256;

/** Workgroups of one dispatch; WebGPU allows 65,535. */
const mostGroups = 2 ** 15;

/**
 * Bytes that one submission reads: 0.2 seconds for a slow laptop's memory, well below the two after which Windows resets a
 * card, and a millisecond for the fastest.
 */
const submissionBytes = 4 * 2 ** 30;

/** Buffers of one call. */
interface Slot {
  readonly uniforms: GPUBuffer;
  /**
   * Results of each bank in a buffer of its own: dispatches that write one buffer would wait for each other, and the last
   * walkers of every bank would walk alone.
   */
  readonly results: readonly GPUBuffer[];
  readonly staging: GPUBuffer;
  readonly groups: readonly GPUBindGroup[];
}

/** One dispatch: some walkers of one bank. */
interface Dispatch {
  readonly bank: number;
  readonly first: number;
  readonly count: number;
  /** Where their results begin among those of their bank. */
  readonly at: number;
}

/** Walks on the banks of a table. */
export class Walks {
  readonly batchWalkers: number;
  readonly #card: Card;
  readonly #shape: TableShape;
  readonly #kernel: Kernel;
  readonly #free: Slot[];
  readonly #waiting: ((slot: Slot) => void)[] = [];
  #closed = false;

  private constructor(card: Card, shape: TableShape, kernel: Kernel, all: readonly Slot[]) {
    this.#card = card;
    this.#shape = shape;
    this.#kernel = kernel;
    this.#free = [...all];
    this.batchWalkers = batchFor(shape);
  }

  /**
   * @param coefficients the `n / 4` coefficients, filled before the first walk
   * @param buffers where its own are added; there is no walk when they are freed
   * @throws TouchstoneError `engine.out-of-memory`
   */
  static async create(
    card: Card,
    shape: TableShape,
    kernel: Kernel,
    banks: readonly GPUBuffer[],
    coefficients: GPUBuffer,
    buffers: Buffers,
  ): Promise<Walks> {
    const batch = batchFor(shape);
    const ofBank = Math.ceil(batch / shape.banks) + 2;
    const dispatches = shape.banks * (2 + Math.ceil(ofBank / dispatchWalkers(shape)));
    const all: Slot[] = [];
    for (let s = 0; s < slots; s++) {
      const uniforms = await buffers.uniform(dispatches * uniformStride);
      const results = await buffers.equals(banks.length, ofBank * 4);
      const staging = await buffers.staging(batch * 4);
      const groups = banks.map((bank, b) =>
        card.group(kernel, [
          bank,
          coefficients,
          results[b] as GPUBuffer,
          { buffer: uniforms, size: walkUniformBytes },
        ]),
      );
      all.push({ uniforms, results, staging, groups });
    }
    return new Walks(card, shape, kernel, all);
  }

  /** Results of the walkers `first … first + count - 1`, in their order. */
  async walk(keys: Uint32Array, first: number, count: number): Promise<Uint32Array> {
    const slot = this.#free.pop() ?? (await new Promise<Slot>((resolve) => this.#waiting.push(resolve)));
    try {
      if (this.#closed) throw this.#card.failed('The table was closed.');
      const dispatches = this.#dispatches(keys, first, count);
      this.#upload(slot, keys, dispatches);
      this.#submit(slot, dispatches);
      return this.#inOrder(
        new Uint32Array(await this.#card.bytes(slot.staging, count * 4)),
        dispatches,
        first,
      );
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free.push(slot);
      else next(slot);
    }
  }

  #dispatches(keys: Uint32Array, first: number, count: number): Dispatch[] {
    const { banks } = this.#shape;
    const most = dispatchWalkers(this.#shape);
    const dispatches: Dispatch[] = [];
    for (let bank = 0; bank < banks; bank++) {
      let at = 0;
      for (const run of walkersOfBank(keys[7] as number, banks, bank, first, count)) {
        for (let done = 0; done < run.count; done += most) {
          const some = Math.min(most, run.count - done);
          dispatches.push({ bank, first: run.first + done * banks, count: some, at });
          at += some;
        }
      }
    }
    return dispatches;
  }

  #upload(slot: Slot, keys: Uint32Array, dispatches: readonly Dispatch[]): void {
    const { banks, bankPages, steps } = this.#shape;
    const words = new Uint32Array((dispatches.length * uniformStride) / 4);
    dispatches.forEach(({ first, count, at }, d) => {
      const offset = (d * uniformStride) / 4;
      words.set(keys.subarray(0, 8), offset);
      words.set([first, banks, count, at, bankPages - 1, steps], offset + 8);
    });
    this.#card.device.queue.writeBuffer(slot.uniforms, 0, words);
  }

  #submit(slot: Slot, dispatches: readonly Dispatch[]): void {
    const { device } = this.#card;
    const { n, steps } = this.#shape;
    let bytes = 0;
    let encoder = device.createCommandEncoder();
    let pass = encoder.beginComputePass();
    dispatches.forEach(({ bank, count }, d) => {
      if (bytes >= submissionBytes) {
        pass.end();
        device.queue.submit([encoder.finish()]);
        encoder = device.createCommandEncoder();
        pass = encoder.beginComputePass();
        bytes = 0;
      }
      pass.setPipeline(this.#kernel.pipeline);
      pass.setBindGroup(0, slot.groups[bank] as GPUBindGroup, [d * uniformStride]);
      pass.dispatchWorkgroups(Math.ceil((count * walkLanes) / walkThreads));
      bytes += count * steps * n;
    });
    pass.end();
    let offset = 0;
    for (const { bank, count, at } of dispatches) {
      encoder.copyBufferToBuffer(slot.results[bank] as GPUBuffer, at * 4, slot.staging, offset, count * 4);
      offset += count * 4;
    }
    device.queue.submit([encoder.finish()]);
  }

  /** Results come bank by bank; here they are put where their walkers are. */
  #inOrder(byBank: Uint32Array, dispatches: readonly Dispatch[], first: number): Uint32Array {
    const results = new Uint32Array(byBank.length);
    const { banks } = this.#shape;
    let from = 0;
    for (const dispatch of dispatches) {
      for (let m = 0, to = dispatch.first - first; m < dispatch.count; m++, to += banks)
        results[to] = byBank[from++] as number;
    }
    return results;
  }

  /** Refuses the walks that wait for their turn; to be called before their buffers are freed. */
  close(): void {
    this.#closed = true;
  }
}

/** A round in one call where it is not too long, whole leaves of 256 walkers otherwise. */
function batchFor({ walkers }: TableShape): number {
  return Math.min(mostWalkers, Math.ceil(walkers / 256) * 256);
}

/** Most walkers of one dispatch. */
function dispatchWalkers({ n, steps }: TableShape): number {
  const byGroups = (mostGroups * walkThreads) / walkLanes;
  return Math.max(256, Math.min(byGroups, Math.floor(submissionBytes / (n * steps))));
}
