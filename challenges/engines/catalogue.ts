import { TouchstoneError } from '../../protocol/error.js';
import type { ComputeEngine } from './engine.js';
import { createOnnxEngine } from './onnx/engine.js';
import { engineNameOf, onnxProviders } from './onnx/providers.js';
import { createReferenceEngine } from './reference.js';
import { createTfjsEngine } from './tfjs/engine.js';
import { openDawn } from './webgpu/device/dawn.js';
import { createWebgpuEngine } from './webgpu/engine.js';

/** What an engine may be told when it is made; each takes what concerns it. */
export interface EngineOptions {
  /** CPU threads, where the engine runs on a CPU; all cores when absent. */
  readonly threads?: number;
}

/** All engines of page digests, likely fastest first; `reference` is for tests and comparison, never for an exam. */
const engines: Readonly<Record<string, (options: EngineOptions) => ComputeEngine>> = {
  'onnx-cuda': () => createOnnxEngine({ provider: 'cuda' }),
  'tfjs-gpu': () => createTfjsEngine('gpu'),
  'onnx-dml': () => createOnnxEngine({ provider: 'dml' }),
  'onnx-coreml': () => createOnnxEngine({ provider: 'coreml' }),
  webgpu: () => createWebgpuEngine(openChosenDawn()),
  'onnx-webgpu': () => createOnnxEngine({ provider: 'webgpu' }),
  'onnx-cpu': (options) => createOnnxEngine({ provider: 'cpu', ...options }),
  'tfjs-cpu': () => createTfjsEngine('cpu'),
  reference: createReferenceEngine,
};

/** Their names: what a claim, `exam.ready` and the expectations of a class call them. */
export const engineNames: readonly string[] = Object.keys(engines);

/**
 * Engines whose rates on common cards are published. On any other engine a GPU passes and its class stays unconfirmed
 * (docs/adr/0004), so an agent takes one of these where it can, though another may be faster.
 */
export const enginesWithFigures: readonly string[] = ['onnx-cuda'];

/** Names of engines that are parts of the installed ONNX Runtime, which lists those that it has. */
export const onnxEngineNames: readonly string[] = onnxProviders.map(engineNameOf);

/**
 * An engine by its name. Nothing is loaded before it prepares a shape.
 * @throws TouchstoneError `engine.unavailable` for a name that no engine has
 */
export function createEngine(name: string, options: EngineOptions = {}): ComputeEngine {
  const create = Object.hasOwn(engines, name) ? engines[name] : undefined;
  if (create === undefined) {
    throw new TouchstoneError(
      'engine.unavailable',
      `No engine ${name}. There are: ${engineNames.join(', ')}.`,
    );
  }
  return create(options);
}

/** The environment variable that names the card which a process' `webgpu` engines run on, as Dawn lists it. */
export const webgpuAdapterVariable = 'TOUCHSTONE_WEBGPU_ADAPTER';

/** Dawn on the card that the environment names, else on the one that it takes by itself. */
export function openChosenDawn(): ReturnType<typeof openDawn> {
  const adapter = process.env[webgpuAdapterVariable];
  return openDawn(adapter ? { adapter } : {});
}
