import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SupplierOptions } from '../../agent/connection/supplier.js';
import { classById, unlistedId } from '../../scoring/catalogue/catalogue.js';
import { classOfClaim } from '../../scoring/catalogue/class-of-claim.js';
import { figuredExpectation } from '../../scoring/catalogue/figured.js';
import { givenClass } from '../../scoring/catalogue/given.js';
import { type ClaimedName, simulatedEngine } from '../../simulator/claims.js';
import { scaledCatalogue } from '../../simulator/scaled-catalogue.js';
import type { DeviceDocument } from '../../verifier/documents/schemas.js';
import { type Hall, openHall, reasonsOf } from '../cheats/testing/hall.js';

const world = scaledCatalogue();
// What any card reaches is less in this world, too.
const anything = givenClass(unlistedId, 'gpu', { gflops: 0.01, ceilingGflops: 1e9, eligible: false });
const catalogue = { classes: world.catalogue.classes.map((one) => (one.id === unlistedId ? anything : one)) };
const classOf = (model: ClaimedName) =>
  classOfClaim(catalogue, { kind: 'gpu', ...world.claimed(model), engine: simulatedEngine });

let hall: Hall;
beforeAll(async () => {
  hall = await openHall({ examSeconds: 0.5, revealMs: 10_000 }, { catalogue });
});
afterAll(() => hall.close());

type Verdict = Extract<Parameters<SupplierOptions['events']>[0], { type: 'exam.verdict' }>;

/** A card that no catalogue has heard of. It says how fast it is, or it would be asked for too little and too much. */
function unheardOf(model: string, of: ClaimedName) {
  const { opsPerSecond, tableOpsPerSecond } = world.chip(of);
  return {
    ...hall.claim(of),
    model,
    warmupGflops: opsPerSecond / 1e9,
    tableGops: tableOpsPerSecond / 1e9,
  };
}

/** One card comes, and has been examined twice. */
async function examinedTwice(name: string, of: ClaimedName, speed: number) {
  const verdicts: Verdict[] = [];
  const prover = hall.card(hall.chip(of, { speed }).tenant());
  const device = hall.enter(name, { claim: unheardOf(name, of), prover }, (event) => {
    if (event.type === 'exam.verdict') verdicts.push(event);
  });
  await expect.poll(() => verdicts.length, { timeout: 150_000, interval: 50 }).toBeGreaterThanOrEqual(2);
  return { verdicts, document: await hall.document(device) };
}

/** What its class asks of a card at least; 0 where that is none that earns. */
function floorOf({ cards }: DeviceDocument): number {
  const proven = classById(catalogue, cards[0]?.class ?? '');
  return proven?.eligible ? (figuredExpectation(proven, simulatedEngine)?.lowGflops ?? 0) : 0;
}

describe('a card whose name is in no class', () => {
  it('is verified and measured, then asked as the class that it would fit, and can earn by that', async () => {
    const { verdicts, document } = await examinedTwice('Brand New 9000', 'RTX 4090', 1.4);
    expect(verdicts[0]).toMatchObject({ outcome: 'passed', class: 'unlisted' });
    expect(document.status).toBe('verified');
    expect(document.cards[0]).toMatchObject({
      claimedClass: 'unlisted',
      class: classOf('RTX 4090')?.id,
      eligible: true,
    });
    expect(reasonsOf(document)).toContain('class.by-measurement');
  }, 200_000);

  it('is given no class above its speed, under whatever new name it comes', async () => {
    const seen = await Promise.all(
      ['Faster Than All 1', 'Faster Than All 2'].map((name) => examinedTwice(name, 'RTX A5000', 1)),
    );
    for (const { document } of seen) {
      expect(document.status).toBe('verified');
      expect(floorOf(document) * 1e9).toBeLessThanOrEqual(world.chip('RTX A5000').opsPerSecond);
      expect(document.cards[0]?.class).not.toBe(classOf('RTX 4090')?.id);
    }
  }, 200_000);
});
