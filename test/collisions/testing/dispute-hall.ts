import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { addKey } from '../../../verifier/access/key-file.js';
import type { DeviceDocument } from '../../../verifier/documents/schemas.js';
import type { VerifierOptions } from '../../../verifier/options.js';
import { type Hall, openHall } from '../../cheats/testing/hall.js';

/** A dispute as an investigator sees it. */
export interface SeenDispute {
  readonly id: string;
  readonly state: string;
  readonly keeper: string | null;
  readonly claimants: readonly { readonly device: string; readonly held: boolean; readonly lost: boolean }[];
  readonly trials: readonly { readonly went: readonly string[]; readonly passed: readonly string[] }[];
  readonly moves: readonly { readonly fact: string }[];
}

export interface DisputeHall extends Hall {
  /** The dispute that all of these devices are in; null where there is none. */
  dispute(...devices: readonly string[]): Promise<SeenDispute | null>;
  whenVerified(device: string): Promise<DeviceDocument>;
  /** Of each device of a dispute: `held`, `lost` or `free`. */
  standing(...devices: readonly string[]): Promise<readonly string[]>;
}

/** Sweeps come for disputes only, and disputes are looked at all the time. */
export async function openDisputeHall(options: Partial<VerifierOptions> = {}): Promise<DisputeHall> {
  const hall = await openHall(
    {},
    {
      cohortMs: 1,
      sweepEveryMs: 0,
      fleetEveryMs: 0,
      probeMeanMs: 3600_000,
      disputeTimes: { scanMs: 200, trialMs: 1_000, againMs: 3600_000, lapseMs: 3600_000 },
      ...options,
    },
  );
  const key = await addKey(
    hall.dataDir,
    { name: 'inspector', role: 'investigator', now: Date.now() },
    randomBytes,
  );
  const read = async (path: string): Promise<unknown> => {
    const answer = await fetch(new URL(path, hall.url), { headers: { authorization: `Bearer ${key}` } });
    expect(answer.status).toBe(200);
    return answer.json();
  };
  const dispute: DisputeHall['dispute'] = async (...devices) => {
    const { disputes } = (await read('/v1/disputes')) as { disputes: SeenDispute[] };
    const found = disputes.find(({ claimants }) =>
      devices.every((device) => claimants.some((claimant) => claimant.device === device)),
    );
    return found === undefined ? null : ((await read(`/v1/disputes/${found.id}`)) as SeenDispute);
  };
  return {
    ...hall,
    dispute,
    async whenVerified(device) {
      const status = async () => (await hall.document(device).catch(() => null))?.status;
      await expect.poll(status, { timeout: 60_000 }).toBe('verified');
      return hall.document(device);
    },
    async standing(...devices) {
      const found = await dispute(...devices);
      return devices.map((device) => {
        const claimant = found?.claimants.find((one) => one.device === device);
        return claimant?.lost ? 'lost' : claimant?.held ? 'held' : 'free';
      });
    },
  };
}
