import { createRequire } from 'node:module';
import type * as tfjs from '@tensorflow/tfjs';
import { TouchstoneError } from '../../../protocol/error.js';

/** Tensorflow.js, whichever package brings it. */
export type Tensorflow = typeof tfjs;

/** `cpu`: plain JavaScript, wherever Node runs. `gpu`: TensorFlow on CUDA, where somebody has installed it. */
export type TfjsDevice = 'gpu' | 'cpu';

/** Such as `tfjs-gpu`. */
export const tfjsNameOf = (device: TfjsDevice): string => `tfjs-${device}`;

const packages: Readonly<Record<TfjsDevice, string>> = {
  cpu: '@tensorflow/tfjs',
  gpu: '@tensorflow/tfjs-node-gpu',
};

/** Neither is a dependency of ours, and both are CommonJS packages: they are required by name, at the first use. */
const require = createRequire(import.meta.url);

/**
 * Tensorflow.js on this device, which is one for the whole process: the first one that is loaded stays.
 * @throws TouchstoneError `engine.unavailable` where the package is not installed, or finds no GPU
 */
export async function loadTensorflow(device: TfjsDevice): Promise<Tensorflow> {
  const engine = tfjsNameOf(device);
  // Read once by TensorFlow's library as it loads: take memory as it is needed, not all of the card, and be quiet.
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  let tf: Tensorflow;
  try {
    tf = require(packages[device]) as Tensorflow;
    // No advertisement on the terminal.
    tf.env().set('PROD', true);
    await tf.ready();
  } catch (cause) {
    const message = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0];
    throw new TouchstoneError(
      'engine.unavailable',
      `${packages[device]} cannot be loaded: ${message}`,
      { engine },
      { cause },
    );
  }
  if (device === 'gpu' && !isOnGpu(tf)) {
    throw new TouchstoneError(
      'engine.unavailable',
      `TensorFlow found no GPU: it computes on ${tf.getBackend()}.`,
      { engine },
    );
  }
  return tf;
}

/** TensorFlow's own backend says whether it took a GPU; without one it would compute on the CPU, and not a word. */
function isOnGpu(tf: Tensorflow): boolean {
  return (tf.backend() as { readonly isUsingGpuDevice?: unknown }).isUsingGpuDevice === true;
}
