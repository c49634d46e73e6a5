import { TouchstoneError } from '../../../protocol/error.js';
import type { HotState } from '../../state/state.js';

/** One verifier's way to a hot state that others share; it can be cut, for this verifier alone. */
export interface CutState {
  readonly state: HotState;
  cut: boolean;
}

export function cuttable(shared: HotState): CutState {
  const way: CutState = {
    cut: false,
    state: new Proxy(shared, {
      get(target, name: keyof HotState) {
        const value = target[name];
        if (typeof value !== 'function') return value;
        return (...given: unknown[]) => {
          if (name === 'close') return Promise.resolve();
          if (way.cut) return Promise.reject(new TouchstoneError('service.busy'));
          if (name !== 'subscribe') return (value as (...all: unknown[]) => unknown).apply(target, given);
          const [channel, hear] = given as [string, (message: string) => void];
          return target.subscribe(channel, (message) => {
            if (!way.cut) hear(message);
          });
        };
      },
    }),
  };
  return way;
}
