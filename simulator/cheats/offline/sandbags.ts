import { setTimeout as sleep } from 'node:timers/promises';
import { OfflineRunner } from '../../../agent/offline/runner.js';
import type { OutageParts, OutageSide } from './agent.js';

/**
 * Shows a slow machine in trials, so that its links hold little, and solves them fast in an outage.
 *
 * @param trialMs so long each trial takes it
 * @param mostLinks of an outage: then it is off
 */
export function sandbags(
  parts: OutageParts,
  { trialMs, mostLinks }: { readonly trialMs: number; readonly mostLinks: number },
): OutageSide {
  let online = false;
  const honest: OfflineRunner = new OfflineRunner({
    ...parts,
    squarer: {
      ...parts.squarer,
      async square(...work) {
        const [solution] = await Promise.all([parts.squarer.square(...work), online && sleep(trialMs)]);
        return solution;
      },
    },
    events(event) {
      parts.events(event);
      if (event.type === 'offline.link' && event.link >= mostLinks) honest.lineHeard();
    },
  });
  return {
    handle: (message) => honest.handle(message),
    lineUp() {
      online = true;
      honest.lineUp();
    },
    lineDown() {
      online = false;
      honest.lineDown();
    },
    close: () => honest.close(),
  };
}
