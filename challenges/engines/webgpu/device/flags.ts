/**
 * Bits of `GPUBufferUsage` and `GPUMapMode` by their numbers in the WebGPU specification: Node has no such globals, and
 * a browser's are the same.
 */
export const usage = {
  mapRead: 0x0001,
  copySource: 0x0004,
  copyTarget: 0x0008,
  uniform: 0x0040,
  storage: 0x0080,
} as const;

/** `GPUMapMode.READ`. */
export const mapRead = 0x0001;

/** `GPUShaderStage.COMPUTE`. */
export const computeStage = 0x4;
