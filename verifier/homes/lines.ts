import { TouchstoneError } from '../../protocol/error.js';
import type { Homes } from './homes-service.js';

/** What the homes of devices have to do with their connections. */
export interface Lines {
  /** Before a connection is accepted. @throws TouchstoneError `session.moving`, `service.busy`: the agent tries again by itself */
  admit(device: string): Promise<void>;
  /** Whether it is still admitted: it may have been asked away between. */
  admits(device: string): boolean;
  up(device: string): void;
  down(device: string): void;
}

/** @param credit called with when a device lost its line because its verifier went away, now that it has one again */
export function linesOf(
  homes: Pick<Homes, 'take' | 'admits' | 'lineUp' | 'lineDown'>,
  credit: (device: string, from: number) => void,
): Lines {
  return {
    async admit(device) {
      await homes.take(device);
      if (!homes.admits(device)) throw new TouchstoneError('session.moving');
    },
    admits: (device) => homes.admits(device),
    up(device) {
      const cutAt = homes.lineUp(device);
      if (cutAt !== null) credit(device, cutAt);
    },
    down: (device) => homes.lineDown(device),
  };
}
