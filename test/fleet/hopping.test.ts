import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSupplier, type SupplierOptions } from '../../agent/connection/supplier.js';
import { allOf } from '../../simulator/cheats/all-of.js';
import { computesFraction } from '../../simulator/cheats/computes-fraction.js';
import { reasonsOf } from '../cheats/testing/hall.js';
import { Fleet, type FleetDevice } from './testing/fleet.js';

const seed = 7;
let fleet: Fleet;
beforeAll(async () => {
  fleet = await Fleet.open(2, seed);
});
afterAll(() => fleet.close());

/** A card that does half of the work and turns to the other verifier, so many times, when it is asked for the other half. */
function enterHopping(hops: number) {
  const { way } = fleet;
  let at = 0;
  way.first = () => at;
  let lineIsGone = () => {};
  const hop = async (): Promise<never> => {
    const gone = new Promise<void>((resolve) => {
      lineIsGone = resolve;
    });
    at = 1 - at;
    way.cut();
    await gone;
    // While it has no line: nobody hears that it declines.
    throw new Error('out of memory');
  };
  const asked: string[] = [];
  const card = fleet.card((engines) => ({
    ...engines,
    compute: computesFraction(engines.compute, 0.5, (length) => new Uint8Array(length)),
  }));
  const evasive = {
    ...allOf(card),
    reveal: (openings: Parameters<typeof card.reveal>[0]) => {
      asked.push(JSON.stringify(openings));
      return asked.length <= hops ? hop() : card.reveal(openings);
    },
  };
  const run = (options: SupplierOptions) =>
    runSupplier({
      ...options,
      verifier: way.url,
      events: (event) => {
        options.events(event);
        if (event.type === 'connection.waiting') lineIsGone();
      },
    });
  return { asked, device: fleet.enter('hops', evasive, run) };
}

async function reasonsUntil(device: FleetDevice, status: string): Promise<string[]> {
  await expect.poll(() => device.status(), { interval: 200 }).toBe(status);
  const document = await device.document();
  return document === null ? [] : reasonsOf(document);
}

describe('a cheat that turns to another verifier when it is asked what it has not', () => {
  it('is asked the same there, and found out', async () => {
    const { asked, device } = enterHopping(1);
    expect(await reasonsUntil(device, 'quarantined')).toContain('proof.wrong-page');
    expect(asked).toHaveLength(2);
    expect(new Set(asked).size).toBe(1);
  });

  it('has so many tries as with one verifier, however often it hops', async () => {
    const { asked, device } = enterHopping(Number.POSITIVE_INFINITY);
    expect(await reasonsUntil(device, 'rejected')).toContain('exam.silent');
    expect(new Set(asked).size).toBe(1);
  });
});
