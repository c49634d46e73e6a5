import { TouchstoneError } from '../../../../protocol/error.js';
import { messageOf, type OpenGpu } from './card.js';

/** Which card Dawn is opened on. */
export interface DawnOptions {
  /** A card by the name that Dawn lists it under; the fastest one when absent. */
  readonly adapter?: string;
}

/**
 * Toggles of Dawn for our own kernels alone: they may use what Chrome still calls an experiment (subgroup matrices), and the
 * checks of array bounds are left out, since no index of theirs follows from anybody's data.
 */
const toggles = 'enable-dawn-features=allow_unsafe_apis,disable_robustness';

/**
 * Dawn, Chrome's WebGPU, as an entry point for Node: the one part of this engine that a browser does not load. The native library
 * is loaded at the first call. It lives as long as what was opened with it, and keeps its process alive until then.
 * @throws TouchstoneError `engine.unavailable`, from the function that is returned
 */
export function openDawn(options: DawnOptions = {}): OpenGpu {
  return async () => {
    try {
      const { create } = await import('webgpu');
      return create([toggles, ...(options.adapter === undefined ? [] : [`adapter=${options.adapter}`])]);
    } catch (cause) {
      const reason = `Dawn cannot be loaded: ${messageOf(cause)}`;
      throw new TouchstoneError('engine.unavailable', reason, {}, { cause });
    }
  };
}
