import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { betterKernels } from '../../simulator/cheats/better-kernels.js';
import { relaysTo } from '../../simulator/cheats/relays.js';
import { swapTables } from '../../simulator/cheats/swaps-tables.js';
import { SimulatedChip } from '../../simulator/chip.js';
import { scaledCatalogue } from '../../simulator/scaled-catalogue.js';
import { type Entrant, type Hall, openHall, reasonsOf } from './testing/hall.js';

const relayMs = 40;
let hall: Hall;
let seen: Awaited<ReturnType<typeof examineAll>>;

/** How the exam ended of each identity on a chip with better kernels. */
let answeredFor: Promise<Ended[]>;

interface Ended {
  readonly reasons: readonly string[];
  /** Checks that it passed. */
  readonly passed: readonly string[];
  /** What it said that it could not do; null where it said nothing. */
  readonly declined: string | null;
  /** The verifier's view of it then. */
  readonly status: string;
}

/** Arithmetic for all of them, and the memory of one card: only that can give them away. */
const forAll = { speed: 6, tableSpeed: 4 };

function examineAll() {
  const on = (chip: SimulatedChip) => ({ claim: hall.claim(), prover: hall.card(chip.tenant()) });
  // Three times as fast as its class, and as much again because the simulation is late on a busy machine.
  const better = new SimulatedChip(betterKernels(scaledCatalogue().chip('RTX 4090'), 6));
  answeredFor = Promise.all([1, 2, 3].map((n) => firstExam(`answered for ${n}`, on(better))));
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

function firstExam(name: string, entrant: Entrant): Promise<Ended> {
  return new Promise((resolve) => {
    let declined: string | null = null;
    const device = hall.enter(name, entrant, (event) => {
      if (event.type === 'exam.declined') declined = event.message;
      if (event.type !== 'exam.verdict') return;
      const { reasons, checks } = event;
      const passed = checks.filter(({ verdict }) => verdict === 'pass').map(({ check }) => check);
      void hall.document(device).then(({ status }) => resolve({ reasons, passed, declined, status }));
    });
  });
}

beforeAll(async () => {
  hall = await openHall({ examSeconds: 2, revealMs: 10_000 });
  seen = await examineAll();
});
afterAll(() => hall.close());

describe('identities on one chip whose arithmetic would do for all of them', () => {
  it('cannot all build where there is room for one table, and who cannot is not verified', async () => {
    const ended = await answeredFor;
    for (const { passed } of ended)
      expect(passed).toEqual(expect.arrayContaining(['compute.proof', 'compute.rate']));
    const left = ended.filter(({ declined }) => declined !== null);
    expect(left).toHaveLength(2);
    for (const { reasons, passed, declined, status } of left) {
      expect(declined).toContain('does not fit');
      expect(reasons).toEqual(['exam.declined']);
      expect(passed).not.toContain('memory.bandwidth');
      expect(status).toBe('examining');
    }
  });

  it('are all too slow where there is room for their tables: they share its bandwidth', () => {
    for (const document of [seen.roomy1, seen.roomy2, seen.roomy3, seen.roomy4]) {
      expect(document.status).toBe('rejected');
      expect(reasonsOf(document)).toContain('bandwidth.below-class');
    }
  });

  it('come through with one at most where they swap their tables: the others are too slow', () => {
    const late = [seen.swaps1, seen.swaps2].filter(({ status }) => status !== 'verified');
    expect(late.length).toBeGreaterThanOrEqual(1);
    for (const document of late) {
      expect(document.status).toBe('rejected');
      expect(reasonsOf(document)).toContain('bandwidth.below-class');
    }
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
