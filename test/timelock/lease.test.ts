import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { identityOf } from '../../agent/identity.js';
import { tableBytes } from '../../protocol/shapes.js';
import { ForeignTenant, givesMemoryAway, walksOnNeighbours } from '../../simulator/cheats/double-sells.js';
import { recomputesMissing } from '../../simulator/cheats/keeps-part.js';
import { type SimulatedChip, systemAlarmClock } from '../../simulator/chip.js';
import { keepsWhole, type TableKeeping } from '../../simulator/table-engine.js';
import { LeaseApi } from '../../witness/lease-api.js';
import { runWitness } from '../../witness/witness.js';
import { type Entrant, type Hall, openHall } from '../cheats/testing/hall.js';
import { Market, type OpenLease } from './testing/market.js';
import { codesOf, faultsOf, gapCodesOf } from './testing/receipts.js';
import { stoppable } from './testing/stoppable.js';

// Most of a lease is waiting.
vi.setConfig({ maxConcurrency: 16 });

const ballastBytes = 384 * 1024;
/** Memory is slower than in the usual small world: a probe takes long enough for some lateness not to show. */
const scale = { rate: 1e-5, table: 2.3e-7, bandwidth: 1.3e-5, memory: 2e-5 };

let hall: Hall;
let market: Market;
let issuer: string;
beforeAll(async () => {
  hall = await openHall(
    { examSeconds: 0.3, scale },
    {
      cohortMs: 200,
      probeMeanMs: 3600_000,
      leaseProbeMeanMs: 200,
      leaseRestMs: 0,
      leaseExamMs: 8_000,
      ballastBytes,
    },
  );
  market = await Market.open(hall);
  issuer = await market.issuer();
});
afterAll(() => hall.close());

/** It builds fast, so that a lease takes seconds, and has time to spare in exams: a busy machine is late. */
const tableSpeed = 24;
const fastChip = () => hall.chip('RTX 4090', { speed: 2, tableSpeed, bandwidth: 0.8 });

/** A card that tells no lie about its load, unless told otherwise. */
const entrant = (prover: Entrant['prover'], load = 0): Entrant => ({
  claim: hall.claim(),
  prover,
  load: async () => load,
});

/** Work of a second customer, almost all the time. */
const foreignOn = (chip: SimulatedChip) =>
  new ForeignTenant(chip.tenant(), systemAlarmClock, { burst: { bytes: 4_000_000 }, restMs: 1 });

/** `touchstone witness` in the container of a tenant that does nothing. */
function witness(lease: OpenLease) {
  const signal = AbortSignal.timeout(100_000);
  return runWitness({
    api: new LeaseApi(hall.url, lease.id, lease.witnessToken, signal),
    identity: identityOf(randomBytes(32)),
    load: async () => ({ idle: true, gpus: [0] }),
    clock: Date,
    signal,
    tell: () => {},
    issuer,
    everyMs: 500,
  });
}

describe.concurrent('a lease', () => {
  it('of an honest card is extended, ends by itself, and is whole, as the witness of its tenant sees it too', async () => {
    const device = hall.enter('honest', entrant(hall.card(fastChip().tenant())));
    const lease = await market.lease(device);
    const witnessing = witness(lease);
    await market.until(lease, 'active');
    const endsAt = new Date(Date.now() + 3600_000).toISOString();
    const extended = await market.call('PATCH', `/v1/leases/${lease.id}`, { endsAt });
    expect(extended.body).toMatchObject({ endsAt });
    await market.untilEntries(lease, 8);
    const soon = new Date(Date.now() + 100).toISOString();
    await market.call('PATCH', `/v1/leases/${lease.id}`, { endsAt: soon });
    await market.until(lease, 'ended');
    const receipt = await market.receipt(lease);
    expect(faultsOf(receipt, issuer)).toEqual([]);
    expect(receipt.verdict).toMatchObject({ outcome: 'whole' });
    const end = await witnessing;
    expect(end?.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(end?.receipt).toEqual(receipt);
    expect(receipt.witness.length).toBeGreaterThan(0);
  });

  it('of a card that is rented out elsewhere at the same time is contended', async () => {
    const chip = fastChip();
    let other: ForeignTenant | undefined;
    // The owner knows when to look honest.
    const device = hall.enter('doubly rented', entrant(hall.card(chip.tenant())), ({ type }) => {
      if (type === 'exam.armed') other?.stop();
    });
    const lease = await market.lease(device);
    await market.until(lease, 'active');
    other = foreignOn(chip);
    await market.untilEntries(lease, 8);
    const receipt = await market.end(lease);
    expect(faultsOf(receipt, issuer)).toEqual([]);
    expect(receipt.verdict).toMatchObject({ outcome: 'contended', reasons: ['receipt.contended'] });
    expect(receipt.cards[0]?.return).toMatchObject({ outcome: 'passed' });
  });

  it('of such a card is contended also where its host always says "busy": the witness knows better', async () => {
    const chip = fastChip();
    let other: ForeignTenant | undefined;
    const device = hall.enter('says busy', entrant(hall.card(chip.tenant()), 0.9), ({ type }) => {
      if (type === 'exam.armed') other?.stop();
    });
    const lease = await market.lease(device);
    const witnessing = witness(lease);
    await market.until(lease, 'active');
    other = foreignOn(chip);
    await market.untilEntries(lease, 8);
    const receipt = await market.end(lease);
    expect((await witnessing)?.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(receipt.verdict).toMatchObject({ outcome: 'contended' });
    // Without its witness there would have been no word of it, and no clean one either.
    expect(receipt.cards[0]?.entries.some(({ load }) => load !== null && load < 0.9)).toBe(false);
  });

  it('of a card that goes on working for others at the return is not whole', async () => {
    const chip = fastChip();
    const device = hall.enter('to the end', entrant(hall.card(chip.tenant())));
    const lease = await market.lease(device);
    await market.until(lease, 'active');
    const others = [1, 2, 3].map(() => foreignOn(chip));
    const receipt = await market.end(lease);
    for (const other of others) other.stop();
    expect(faultsOf(receipt, issuer)).toEqual([]);
    expect(receipt.verdict).toMatchObject({ outcome: 'not-whole' });
    expect((await market.document(lease)).reasons).toMatchObject([{ code: 'lease.return-unproven' }]);
  });

  it('of a card whose memory was given away is absent: the table is asked for again and again', async () => {
    const chip = fastChip();
    const given = givesMemoryAway(hall.card(chip.tenant()), chip.tenant(), 400_000);
    const device = hall.enter('without memory', entrant(given.prover), (event) => {
      if (event.type === 'exam.armed' && event.part === 'memory') given.takeBack();
    });
    const lease = await market.lease(device);
    await market.until(lease, 'active');
    await given.give();
    await market.untilEntries(lease, 6);
    const receipt = await market.end(lease);
    expect(faultsOf(receipt, issuer)).toEqual([]);
    expect(receipt.verdict).toMatchObject({ outcome: 'absent' });
    // Its agent believed in the table once more, and broke on it.
    expect(gapCodesOf(receipt)).toEqual(['probe.missed']);
    expect(codesOf(receipt)).toContain('probe.no-table');
    expect(receipt.cards[0]?.return).toMatchObject({ outcome: 'passed' });
  });

  it("of a card that walks on a neighbour's table is absent", async () => {
    const neighbours = walksOnNeighbours(hall.card(fastChip().tenant()), new Uint8Array(randomBytes(32)));
    const device = hall.enter('on another table', entrant(neighbours.prover));
    const lease = await market.lease(device);
    await market.until(lease, 'active');
    await neighbours.swap();
    await market.untilEntries(lease, 6);
    const receipt = await market.end(lease);
    expect(faultsOf(receipt, issuer)).toEqual([]);
    expect(receipt.verdict).toMatchObject({ outcome: 'absent' });
    expect(codesOf(receipt)).toContain('probe.wrong-walk');
    expect(receipt.figures.provenShare).toBeLessThan(0.5);
  });

  it('of a card that keeps nine tenths of its table is absent, however busy it says that it is', async () => {
    let fraction = 1;
    const keeping: TableKeeping = {
      ...keepsWhole,
      heldBytes: (shape) => Math.ceil(fraction * tableBytes(shape)),
      read: (shape, pages) => {
        const { bytes = 0, tableOperations = 0 } = recomputesMissing(fraction).read(shape, pages);
        // At the best rate of its class, as tables are sized: this chip is made to build faster than any.
        return { bytes, tableOperations: tableOperations * tableSpeed };
      },
    };
    const device = hall.enter(
      'nine tenths',
      entrant(hall.card(fastChip().tenant(), { keeping }), 0.9),
      ({ type }) => {
        if (type === 'exam.armed') fraction = 1;
      },
    );
    const lease = await market.lease(device);
    await market.until(lease, 'active');
    fraction = 0.9;
    await market.untilEntries(lease, 6);
    const receipt = await market.end(lease);
    expect(faultsOf(receipt, issuer)).toEqual([]);
    expect(receipt.verdict).toMatchObject({ outcome: 'absent' });
    expect(gapCodesOf(receipt)).toEqual(['probe.late']);
  });

  it('of a device that goes before the end is unproven from then on, and cannot be shown otherwise', async () => {
    const { run, stop } = stoppable();
    const device = hall.enter('vanishes', { ...entrant(hall.card(fastChip().tenant()), 0.9), run });
    const lease = await market.lease(device);
    await market.until(lease, 'active');
    await market.untilEntries(lease, 6);
    stop();
    const receipt = await market.end(lease);
    expect(faultsOf(receipt, issuer)).toEqual([]);
    expect(receipt.cards[0]?.return).toBeNull();
    expect(receipt.cards[0]?.deviceSigned?.index).toBeGreaterThanOrEqual(6);
    expect(receipt.cards[0]?.gaps.at(-1)).toMatchObject({ to: receipt.endedAt });
    expect(receipt.verdict.outcome).toBe('unproven');
  });

  it('of a device whose exam at the hand-over fails is refused, and its receipt says why', async () => {
    const chip = fastChip();
    const device = hall.enter('slow at last', entrant(hall.card(chip.tenant())));
    await market.untilVerified(device);
    const others = [1, 2, 3].map(() => foreignOn(chip));
    const lease = await market.lease(device);
    const document = await market.until(lease, 'refused');
    for (const other of others) other.stop();
    expect(document).toMatchObject({ startedAt: null, endedAt: expect.any(String) });
    expect(document.reasons.map(({ code }) => code)).toContain('lease.hand-over-failed');
    const receipt = await market.receipt(lease);
    expect(faultsOf(receipt, issuer)).toEqual([]);
    expect(receipt).toMatchObject({ verdict: { outcome: 'not-whole' }, cards: [{ entries: [] }] });
  });
});
