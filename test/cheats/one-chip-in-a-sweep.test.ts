import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifySweep } from '../../challenges/sweep/verify.js';
import type { SweepDocument } from '../../protocol/messages/sweep.js';
import { addKey } from '../../verifier/access/key-file.js';
import { type Hall, openHall, reasonsOf } from './testing/hall.js';

let hall: Hall;
let key: string;
beforeAll(async () => {
  // Each is examined as soon as it comes: whoever comes later is in another cohort.
  hall = await openHall({}, { cohortMs: 1, sweepEveryMs: 0, fleetEveryMs: 0 });
  const inspector = { name: 'inspector', role: 'investigator', now: Date.now() } as const;
  key = await addKey(hall.dataDir, inspector, randomBytes);
});
afterAll(() => hall.close());

async function sweepOf(devices: readonly string[]): Promise<SweepDocument> {
  const asked = await fetch(new URL('/v1/sweeps', hall.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ devices, why: 'one chip?' }),
  });
  expect(asked.status).toBe(202);
  const { sweep } = (await asked.json()) as { sweep: string };
  let document: SweepDocument | null = null;
  await expect
    .poll(
      async () => {
        const response = await fetch(new URL(`/v1/sweeps/${sweep}`, hall.url));
        if (!response.ok) return false;
        document = (await response.json()) as SweepDocument;
        return document.members.every(({ outcome }) => outcome !== null);
      },
      { timeout: 120_000, interval: 200 },
    )
    .toBe(true);
  if (document === null) throw new Error('no sweep');
  return document;
}

async function whenVerified(device: string): Promise<void> {
  const told = async () => {
    const document = await hall.document(device).catch(() => null);
    return document?.status === 'verified' || (document !== null && reasonsOf(document));
  };
  await expect.poll(told, { timeout: 60_000 }).toBe(true);
}

describe('identities on one chip that pass alone, one after the other', () => {
  it('do not pass a sweep together, and honest cards beside them do', async () => {
    // Its memory holds both tables, so that alone each passes: what two can't have is the whole time of a chip.
    const chip = hall.chip('RTX 4090', { speed: 1.3, memory: 3 });
    const identities: string[] = [];
    for (const name of ['first', 'second']) {
      const device = hall.enter(name, { claim: hall.claim(), prover: hall.card(chip.tenant()) });
      await whenVerified(device);
      identities.push(device);
    }
    const honest = ['third', 'fourth'].map((name) => hall.enter(name, hall.honest()));
    for (const device of honest) await whenVerified(device);
    const document = await sweepOf([...identities, ...honest]);
    expect(verifySweep(document).findings).toEqual([]);
    const outcomes = new Map(document.members.map(({ device, outcome }) => [device, outcome]));
    expect(identities.every((device) => outcomes.get(device) === 'passed')).toBe(false);
    expect(honest.map((device) => outcomes.get(device))).toEqual(['passed', 'passed']);
    expect(document.proven).toBeLessThan(4);
    expect(document.proven).toBeGreaterThanOrEqual(2);
  }, 300_000);
});
