import { TouchstoneError } from '../../../protocol/error.js';

/** The part of ONNX Runtime that runs a graph on one kind of hardware. */
export type OnnxProvider = 'cpu' | 'webgpu' | 'cuda' | 'dml' | 'coreml';

/**
 * Every provider we run on, best first for a GPU that several can drive. TensorRT is not among them: it rebuilds its
 * plan for minutes at each new shape.
 */
export const onnxProviders: readonly OnnxProvider[] = ['cuda', 'dml', 'coreml', 'webgpu', 'cpu'];

/** Such as `onnx-cuda`. */
export const engineNameOf = (provider: OnnxProvider): string => `onnx-${provider}`;

type Runtime = typeof import('onnxruntime-node');

/**
 * ONNX Runtime, loaded at the first use: it brings a native library that many commands never need.
 * @throws TouchstoneError `engine.unavailable`
 */
export async function loadRuntime(): Promise<Runtime> {
  try {
    return await import('onnxruntime-node');
  } catch (cause) {
    throw new TouchstoneError(
      'engine.unavailable',
      `onnxruntime-node cannot be loaded: ${messageOf(cause)}`,
      {},
      { cause },
    );
  }
}

/**
 * Providers that the installed runtime names, best first. A listed one may still lack its library, driver or card:
 * only a session tells.
 */
export async function listedProviders(): Promise<OnnxProvider[]> {
  const listed = new Set((await loadRuntime()).listSupportedBackends().map((backend) => backend.name));
  return onnxProviders.filter((provider) => listed.has(provider));
}

/** First line of what a native library says of itself, without its source path. */
export function messageOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return (message.trim().split('\n')[0] as string).replace(/^\/\S+ .*? was false\. /, '').slice(0, 300);
}
