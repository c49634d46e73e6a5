import { usage } from '../device/flags.js';

// A WebGPU that computes nothing and checks everything: sizes, alignments, the order of writes, and, by what each kernel's
// text says of its indices, that no thread of any dispatch leaves its buffers. Sizes cost nothing here, so that shapes of real
// cards can be walked through; bounds checks are switched off on them (`../device/dawn.ts`).

/** WebGPU's own defaults, and what large cards allow beyond. */
const limits = {
  maxBufferSize: 2 ** 32,
  maxStorageBufferBindingSize: 2 ** 32 - 4,
  maxComputeWorkgroupStorageSize: 16384,
  maxComputeInvocationsPerWorkgroup: 256,
};
const mostGroups = 65535;
const alignment = 256;

interface Held {
  readonly size: number;
  readonly usage: number;
  /** What was written, of small buffers: kernels' uniforms. */
  readonly bytes: Uint8Array | null;
}

/** Part of a buffer. */
interface Range {
  readonly buffer: Held;
  readonly offset: number;
  readonly size: number;
}

/** One dispatch with all of its bindings as they lie. */
export interface Dispatch {
  readonly code: string;
  readonly groups: readonly [number, number];
  readonly bindings: readonly Range[];
}

/** Words of a uniform as it was written. */
export const uniformWords = ({ buffer, offset, size }: Range): Uint32Array =>
  new Uint32Array((buffer.bytes as Uint8Array).slice(offset, offset + size).buffer);

const require = (holds: boolean, what: string) => {
  if (!holds) throw new Error(what);
};

/**
 * An entry point to such a device.
 * @param check called with every dispatch; throws where one is wrong
 */
export function strictGpu(check: (dispatch: Dispatch) => void): GPU {
  /** What dispatches that are not submitted yet will read: no write may overtake them. */
  let pending: Range[] = [];

  const createBuffer = ({ size, usage: flags }: GPUBufferDescriptor) => {
    require(size > 0 && size % 4 === 0 && size <= limits.maxBufferSize, `a buffer of ${size} bytes`);
    const bytes = (flags & usage.uniform) !== 0 ? new Uint8Array(size) : null;
    const mapping = {
      mapAsync: async () => {},
      getMappedRange: (_: number, length: number) => new ArrayBuffer(length),
      unmap: () => {},
      destroy: () => {},
    };
    return { size, usage: flags, bytes, ...mapping };
  };

  const rangeOf = (resource: Held | { buffer: Held; offset?: number; size?: number }): Range => {
    if (!('buffer' in resource)) return { buffer: resource, offset: 0, size: resource.size };
    const { buffer, offset = 0, size = buffer.size - offset } = resource;
    return { buffer, offset, size };
  };

  const inBuffer = ({ buffer, offset, size }: Range, step: number, what: string) => {
    const inside = offset >= 0 && size > 0 && offset + size <= buffer.size;
    require(inside && offset % step === 0, `${what}: ${size} bytes from ${offset} of ${buffer.size}`);
    require(size <= limits.maxStorageBufferBindingSize, `${what} of ${size} bytes`);
  };

  const pass = () => {
    let code = '';
    let bindings: Range[] = [];
    return {
      setPipeline: (pipeline: { code: string }) => {
        code = pipeline.code;
      },
      setBindGroup: (_: number, group: { ranges: Range[]; shifted: boolean[] }, offsets: number[] = []) => {
        const left = [...offsets];
        bindings = group.ranges.map((range, at) =>
          group.shifted[at] ? { ...range, offset: range.offset + (left.shift() as number) } : range,
        );
        require(left.length === 0, 'more dynamic offsets than bindings that take one');
        for (const range of bindings) inBuffer(range, alignment, 'a binding');
      },
      dispatchWorkgroups: (x: number, y = 1) => {
        for (const count of [x, y])
          require(Number.isInteger(count) && count > 0 && count <= mostGroups, `${x} × ${y} workgroups`);
        check({ code, groups: [x, y], bindings });
        pending.push(...bindings);
      },
      end: () => {},
    };
  };

  const copyBufferToBuffer = (from: Held, at: number, to: Held, toAt: number, size: number) => {
    inBuffer({ buffer: from, offset: at, size }, 4, 'a copy from');
    inBuffer({ buffer: to, offset: toAt, size }, 4, 'a copy to');
  };

  const queue = {
    writeBuffer(buffer: Held, offset: number, data: ArrayBufferView) {
      const range = { buffer, offset, size: data.byteLength };
      inBuffer(range, 4, 'a write');
      require(data.byteLength % 4 === 0, `a write of ${data.byteLength} bytes`);
      const overtakes = pending.some(
        (read) =>
          read.buffer === buffer && offset < read.offset + read.size && read.offset < offset + range.size,
      );
      require(!overtakes, 'a write that overtakes a dispatch which is not submitted yet');
      buffer.bytes?.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    },
    submit() {
      pending = [];
    },
    onSubmittedWorkDone: async () => {},
  };

  const device = {
    limits,
    features: new Set(),
    queue,
    lost: new Promise(() => {}),
    addEventListener: () => {},
    pushErrorScope: () => {},
    popErrorScope: async () => null,
    createBuffer,
    createShaderModule: ({ code }: { code: string }) => ({ code }),
    createPipelineLayout: () => ({}),
    createBindGroupLayout: ({ entries }: { entries: { buffer: GPUBufferBindingLayout }[] }) => ({
      shifted: entries.map(({ buffer }) => buffer.hasDynamicOffset === true),
    }),
    createComputePipelineAsync: async ({ compute }: { compute: { module: { code: string } } }) => ({
      code: compute.module.code,
    }),
    createBindGroup: ({
      layout,
      entries,
    }: {
      layout: { shifted: boolean[] };
      entries: { resource: Held | { buffer: Held } }[];
    }) => {
      const ranges = entries.map(({ resource }) => rangeOf(resource));
      for (const range of ranges) inBuffer(range, alignment, 'a binding');
      return { ranges, shifted: layout.shifted };
    },
    createCommandEncoder: () => ({ beginComputePass: pass, finish: () => ({}), copyBufferToBuffer }),
    destroy: () => {},
  };
  const adapter = {
    limits,
    features: new Set(),
    info: { isFallbackAdapter: true },
    requestDevice: async () => device,
  };
  const languageFeatures = new Set(['packed_4x8_integer_dot_product']);
  return { requestAdapter: async () => adapter, wgslLanguageFeatures: languageFeatures } as unknown as GPU;
}
