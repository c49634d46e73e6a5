import { TouchstoneError } from '../../../../protocol/error.js';
import { computeStage, mapRead } from './flags.js';

/** Gives the browser's or Dawn's entry point; asked again after a device was lost. */
export type OpenGpu = () => Promise<GPU>;

/** A chrome experiment that @webgpu/types does not know. */
export const subgroupMatrixFeature = 'chromium-experimental-subgroup-matrix';

/** Features that the kernels use where the card has them. */
const wantedFeatures: readonly string[] = ['subgroups', subgroupMatrixFeature];

/** Limits that are asked for as high as the card has them: the rest of WebGPU's defaults is enough. */
const raisedLimits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
] as const satisfies readonly (keyof GPUSupportedLimits)[];

/** How one binding of a kernel is used. `shifted`: read-only storage, whose offset is given with each dispatch. */
export type Binding = 'read' | 'write' | 'shifted' | 'uniform' | 'shifted-uniform';

/** A compiled kernel and the layout that its bind groups have. */
export interface Kernel {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** An opened WebGPU device: what both engines need of it, with the errors of ours. */
export class Card {
  readonly device: GPUDevice;
  readonly adapter: GPUAdapter;
  readonly #engine: string;
  /** Held as long as the card is: Dawn for Node ends with its entry point, whatever still runs on it. */
  readonly #gpu: GPU;
  /** Tells everybody who waits on the card that it is gone. */
  readonly #waiting = new Set<(loss: TouchstoneError) => void>();
  #loss: TouchstoneError | null = null;
  #fault: string | null = null;

  private constructor(engine: string, gpu: GPU, adapter: GPUAdapter, device: GPUDevice) {
    this.#engine = engine;
    this.#gpu = gpu;
    this.adapter = adapter;
    this.device = device;
    device.lost.then(({ message }) => {
      this.#loss = new TouchstoneError('engine.device-lost', message || undefined, { engine });
      for (const stop of this.#waiting) stop(this.#loss);
    });
    device.addEventListener('uncapturederror', (event) => {
      event.preventDefault();
      this.#fault ??= event.error.message;
    });
  }

  /** @throws TouchstoneError `engine.unavailable` without WebGPU or a card that it can use */
  static async open(engine: string, open: OpenGpu): Promise<Card> {
    try {
      const gpu = await open();
      const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
      if (adapter === null) throw new Error('WebGPU finds no adapter.');
      const device = await adapter.requestDevice({
        requiredFeatures: wantedFeatures.filter((name) => adapter.features.has(name)) as GPUFeatureName[],
        requiredLimits: Object.fromEntries(raisedLimits.map((name) => [name, adapter.limits[name]])),
      });
      return new Card(engine, gpu, adapter, device);
    } catch (cause) {
      if (cause instanceof TouchstoneError) throw cause;
      throw new TouchstoneError('engine.unavailable', messageOf(cause), { engine }, { cause });
    }
  }

  /** Whether WGSL has packed int8 dot products here. */
  get packed(): boolean {
    return this.#gpu.wgslLanguageFeatures.has('packed_4x8_integer_dot_product');
  }

  /** Whether the device is gone. */
  get lost(): boolean {
    return this.#loss !== null;
  }

  /** Whether more can be asked of it; if not, a new one has to be opened. */
  get usable(): boolean {
    return this.#loss === null && this.#fault === null;
  }

  /**
   * Does something on the card and waits for it, but no longer than the card is there.
   * @throws TouchstoneError `engine.device-lost`, also of work that was under way; `engine.failed` for all else
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#loss !== null) throw this.#loss;
    try {
      const result = await this.#whileHere(work());
      if (this.#fault !== null) throw new Error(this.#fault);
      return result;
    } catch (cause) {
      if (cause instanceof TouchstoneError) throw cause;
      // A call on a device that is just being lost may fail before its loss is told.
      await this.#whileHere(new Promise((resolve) => setTimeout(resolve, 50)));
      throw this.failed(messageOf(cause), cause);
    }
  }

  /** Not a race with one promise of the loss, which would keep the results of all that it ever raced with. */
  #whileHere<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      work.then(resolve, reject).finally(() => this.#waiting.delete(reject));
    });
  }

  failed(detail: string, cause?: unknown): TouchstoneError {
    return new TouchstoneError('engine.failed', detail, { engine: this.#engine }, { cause });
  }

  /**
   * Buffers of these sizes, all or none.
   * @throws TouchstoneError `engine.out-of-memory`
   */
  async allocate(sizes: readonly number[], flags: number): Promise<GPUBuffer[]> {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.device.limits;
    const most = Math.min(maxBufferSize, maxStorageBufferBindingSize);
    const buffers: GPUBuffer[] = [];
    for (const size of sizes) {
      const problem =
        size > most
          ? `A buffer of ${size} bytes is more than the ${most} that the card allows.`
          : await this.#allocateOne(size, flags, buffers);
      if (problem === null) continue;
      await this.free(buffers);
      throw new TouchstoneError('engine.out-of-memory', problem, {
        engine: this.#engine,
        bytes: sizes.reduce((total, bytes) => total + bytes, 0),
      });
    }
    return buffers;
  }

  async #allocateOne(size: number, flags: number, buffers: GPUBuffer[]): Promise<string | null> {
    this.device.pushErrorScope('out-of-memory');
    buffers.push(this.device.createBuffer({ size, usage: flags }));
    const error = await this.device.popErrorScope();
    return error === null ? null : `${buffers.length} buffers of ${size} bytes do not fit: ${error.message}`;
  }

  /** Gives buffers back, and waits until the card really has: another table may be about to need the room. */
  async free(buffers: readonly GPUBuffer[]): Promise<void> {
    for (const buffer of buffers) buffer.destroy();
    if (!this.lost) await this.#whileHere(this.device.queue.onSubmittedWorkDone()).catch(() => {});
  }

  /** @throws Error with the compiler's words */
  async kernel(code: string, bindings: readonly Binding[]): Promise<Kernel> {
    const layout = this.device.createBindGroupLayout({
      entries: bindings.map((binding, at) => ({
        binding: at,
        visibility: computeStage,
        buffer: bufferLayouts[binding],
      })),
    });
    // An error in the module comes back with the pipeline's; outside a scope it would count as a fault of the card.
    this.device.pushErrorScope('validation');
    const pipeline = this.device.createComputePipelineAsync({
      layout: this.device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module: this.device.createShaderModule({ code }), entryPoint: 'main' },
    });
    const [compiled] = await Promise.all([pipeline, this.device.popErrorScope()]);
    return { pipeline: compiled, layout };
  }

  group(kernel: Kernel, resources: readonly (GPUBuffer | GPUBufferBinding)[]): GPUBindGroup {
    return this.device.createBindGroup({
      layout: kernel.layout,
      entries: resources.map((resource, binding) => ({
        binding,
        resource: 'buffer' in resource ? resource : { buffer: resource },
      })),
    });
  }

  /** The bytes of a buffer that can be mapped for reading. */
  async bytes(buffer: GPUBuffer, length: number): Promise<ArrayBuffer> {
    await buffer.mapAsync(mapRead, 0, length);
    const bytes = buffer.getMappedRange(0, length).slice(0);
    buffer.unmap();
    return bytes;
  }

  close(): void {
    this.device.destroy();
  }
}

const bufferLayouts: Readonly<Record<Binding, GPUBufferBindingLayout>> = {
  read: { type: 'read-only-storage' },
  write: { type: 'storage' },
  shifted: { type: 'read-only-storage', hasDynamicOffset: true },
  uniform: { type: 'uniform' },
  'shifted-uniform': { type: 'uniform', hasDynamicOffset: true },
};

/** What a driver says, in one line. */
export const messageOf = (cause: unknown): string =>
  ((cause instanceof Error ? cause.message : String(cause)).trim().split('\n')[0] as string).slice(0, 300);
