import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { workerFile } from '../challenges/engines/worker-file.js';
import type { Household } from './children.js';

/** Long enough for all simulated suppliers to arrive before the first cohort starts. */
export const cohortSeconds = 2;
/** A lease of the demo lasts some seconds, and is probed as often as one of an hour. */
const leaseProbeSeconds = 0.25;
/** Simulated chips don't sleep. */
const leaseRestSeconds = 0.05;

/** Where the verifier of a demo keeps what it keeps. */
export const verifierData = (household: Household): string => join(household.directory, 'verifier');

/**
 * Starts the command `touchstone verifier` with everything embedded, on a free port of this machine.
 *
 * @param catalogueFile classes by which it judges
 * @returns its address, once it listens
 */
export async function startVerifier(household: Household, catalogueFile: string): Promise<URL> {
  const child = household.start('The verifier', workerFile(import.meta.url, '../cli/touchstone'), [
    ...['verifier', '--host', '127.0.0.1', '--port', '0'],
    ...['--data', verifierData(household), '--catalogue', catalogueFile],
    ...['--cohort-seconds', String(cohortSeconds), '--lease-probe-seconds', String(leaseProbeSeconds)],
    ...['--lease-rest-seconds', String(leaseRestSeconds)],
  ]);
  if (!child.stdout) throw new Error('the verifier has no output');
  const lines = createInterface({ input: child.stdout });
  const listening = new Promise<URL>((resolve) => {
    lines.on('line', (line) => {
      const url = urlIn(line);
      if (url) resolve(url);
    });
  });
  return Promise.race([listening, once(child, 'exit').then(() => household.lost)]);
}

/** The address that the verifier's first line names; null where a line says something else. */
export function urlIn(line: string): URL | null {
  try {
    const { listening } = JSON.parse(line) as { listening?: unknown };
    return typeof listening === 'string' ? new URL(listening) : null;
  } catch {
    return null;
  }
}
