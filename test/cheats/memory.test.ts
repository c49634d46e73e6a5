import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TableEngine } from '../../challenges/engines/table.js';
import {
  type Downgrade,
  downgradedTable,
  dropsLowBits,
  skipsLayers,
} from '../../simulator/cheats/downgrades.js';
import { guessesMissing } from '../../simulator/cheats/guesses-walks.js';
import { recomputesMissing, spillsMissing } from '../../simulator/cheats/keeps-part.js';
import { walksOtherTable } from '../../simulator/cheats/other-table.js';
import { rebuildsOnGo } from '../../simulator/cheats/rebuilds-on-go.js';
import type { TableKeeping } from '../../simulator/table-engine.js';
import type { DeviceDocument } from '../../verifier/documents/schemas.js';
import { type Hall, openHall, reasonsOf } from './testing/hall.js';

let hall: Hall;
let seen: Awaited<ReturnType<typeof examineAll>>;

function examineAll() {
  // Arithmetic to spare in the compute exam, where nothing is tested here.
  const tenant = () => hall.chip('RTX 4090', { speed: 1.5 }).tenant();
  const keeping = (how: TableKeeping) => ({
    claim: hall.claim(),
    prover: hall.card(tenant(), { keeping: how }),
  });
  const table = (change: (engine: TableEngine) => TableEngine) => ({
    claim: hall.claim(),
    prover: hall.card(tenant(), { table: change }),
  });
  const downgraded = (downgrade: Downgrade) => table((engine) => downgradedTable(engine, downgrade));
  return hall.examine({
    honest: hall.honest(),
    keeps99: keeping(recomputesMissing(0.99)),
    keeps95: keeping(recomputesMissing(0.95)),
    spills: keeping(spillsMissing(0.5, 20)),
    drops: keeping(rebuildsOnGo()),
    guesses: table((engine) => guessesMissing(engine, 0.9, randomBytes)),
    fewerBits: downgraded(dropsLowBits(4)),
    fewerLayers: downgraded(skipsLayers(1)),
    otherTable: { claim: hall.claim(), prover: walksOtherTable(hall.card(tenant()), randomBytes(32)) },
  });
}

beforeAll(async () => {
  hall = await openHall({ examSeconds: 2, revealMs: 10_000 });
  seen = await examineAll();
});
afterAll(() => hall.close());

function expectTooSlow(document: DeviceDocument): void {
  expect(document.status).toBe('rejected');
  expect(reasonsOf(document)).toContain('bandwidth.below-class');
}

function expectWrongWalk(document: DeviceDocument): void {
  expect(document.status).toBe('quarantined');
  expect(reasonsOf(document)).toContain('proof.wrong-walk');
}

describe('a device without its whole table', () => {
  it('is too slow when it keeps 99 % of it and makes the rest again whenever it is read', () => {
    expectTooSlow(seen.keeps99);
  });

  // Half of a table, or digests of one, take minutes: simulator/cheats/memory-cheats.test.ts plays those on a virtual clock.
  it('is too slow when it keeps 95 % of it and makes the rest again', () => {
    expectTooSlow(seen.keeps95);
  });

  it('is too slow when it keeps half of it in slower memory', () => {
    expectTooSlow(seen.spills);
  });

  it('is too slow when it says that it has built, and builds when the walk is asked for', () => {
    expectTooSlow(seen.drops);
  });

  it('is quarantined for a wrong walk when it guesses where pages are missing', () => {
    expectWrongWalk(seen.guesses);
  });
});

describe('a device with another table', () => {
  it('is quarantined for a wrong walk when it made its pages with fewer bits, or with a layer less', () => {
    expectWrongWalk(seen.fewerBits);
    expectWrongWalk(seen.fewerLayers);
  });

  it('is quarantined for a wrong walk when its table is of another seed', () => {
    expectWrongWalk(seen.otherTable);
  });
});

describe('an honest device among them', () => {
  it('is verified by both parts', () => {
    expect(seen.honest.status).toBe('verified');
    const checks = seen.honest.cards[0]?.lastExam?.checks.map(({ check }) => check);
    expect(checks).toContain('compute.rate');
    expect(checks).toContain('memory.bandwidth');
  });
});
