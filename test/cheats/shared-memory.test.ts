import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relaysTo } from '../../simulator/cheats/relays.js';
import { swapTables } from '../../simulator/cheats/swaps-tables.js';
import type { SimulatedChip } from '../../simulator/chip.js';
import type { DeviceDocument } from '../../verifier/documents/schemas.js';
import { type Entrant, type Hall, openHall, reasonsOf } from './testing/hall.js';

const relayMs = 40;
let hall: Hall;
let seen: Awaited<ReturnType<typeof examineAll>>;

/** What a card said that could not build its table, and the verifier's view of it then. */
let declined: Promise<{ readonly message: string; readonly status: string }>;

/** Arithmetic for all of them, and the memory of one card: only that can give them away. */
const forAll = { speed: 6, tableSpeed: 4 };

function examineAll() {
  const on = (chip: SimulatedChip) => ({ claim: hall.claim(), prover: hall.card(chip.tenant()) });
  const small = hall.chip('RTX 4090', forAll);
  declined = Promise.race([firstDecline(on(small)), firstDecline(on(small))]);
  const roomy = hall.chip('RTX 4090', { ...forAll, memory: 4 });
  const swapChip = hall.chip('RTX 4090', forAll);
  const swap = swapTables(20);
  const swapping = () => {
    const tenant = swapChip.tenant();
    return { claim: hall.claim(), prover: swap(hall.card(tenant), tenant) };
  };
  const relay = (chip: SimulatedChip) => {
    const { claim, prover } = on(chip);
    return { claim, prover: relaysTo(prover, relayMs) };
  };
  const strong = hall.chip('RTX 4090', { speed: 2, tableSpeed: 3, bandwidth: 2, memory: 3 });
  return hall.examine({
    honest: hall.honest(),
    roomy1: on(roomy),
    roomy2: on(roomy),
    roomy3: on(roomy),
    roomy4: on(roomy),
    swaps1: swapping(),
    swaps2: swapping(),
    relay: relay(hall.chip('RTX 4090', { speed: 1.5 })),
    relays1: relay(strong),
    relays2: relay(strong),
    relays3: relay(strong),
  });
}

function firstDecline(entrant: Entrant): typeof declined {
  return new Promise((resolve) => {
    const device = hall.enter('no room', entrant, (event) => {
      if (event.type !== 'exam.declined') return;
      void hall.document(device).then(({ status }) => resolve({ message: event.message, status }));
    });
  });
}

beforeAll(async () => {
  hall = await openHall({ examSeconds: 2, revealMs: 10_000 });
  seen = await examineAll();
});
afterAll(() => hall.close());

const verified = (documents: readonly DeviceDocument[]) =>
  documents.filter(({ status }) => status === 'verified').length;

describe('identities on one chip whose arithmetic would do for all of them', () => {
  it('cannot all build where there is room for one table, and who cannot is not verified', async () => {
    const { message, status } = await declined;
    expect(message).toContain('does not fit');
    expect(status).toBe('examining');
  });

  it('are all too slow where there is room for their tables: they share its bandwidth', () => {
    for (const document of [seen.roomy1, seen.roomy2, seen.roomy3, seen.roomy4]) {
      expect(document.status).toBe('rejected');
      expect(reasonsOf(document)).toContain('bandwidth.below-class');
    }
  });

  it('come through with one at most where they swap their tables', () => {
    expect(verified([seen.swaps1, seen.swaps2])).toBeLessThanOrEqual(1);
  });
});

describe('a device that passes its exam on to a card elsewhere', () => {
  it('is verified as what that card is, where the card does nothing else: one card counts once', () => {
    expect(seen.relay.status).toBe('verified');
  });

  it('gains nothing by a card twice as strong that answers for three: all are asked at the same instant', () => {
    for (const document of [seen.relays1, seen.relays2, seen.relays3]) {
      expect(document.status).toBe('rejected');
      expect(reasonsOf(document)).toContain('rate.below-class');
    }
  });
});

describe('an honest device among them', () => {
  it('is verified', () => {
    expect(seen.honest.status).toBe('verified');
  });
});
