import { ForeignTenant } from '../simulator/cheats/double-sells.js';
import { SimulatedChip } from '../simulator/chip.js';
import { VirtualClock } from '../simulator/testing/virtual-clock.js';

/** Somebody else's work on a leased card. */
export interface ForeignLoad {
  /** Share of the time that it would keep the card busy by itself, 0 to 1. */
  readonly load: number;
  readonly burstMs: number;
  /** The owner holds it back while a probe runs. */
  readonly yields?: boolean;
}

/** A card of which only the times matter: a byte a millisecond. */
const figures = { opsPerSecond: 1000, tableOpsPerSecond: 1000, bytesPerSecond: 1000, memoryBytes: 1 };

/**
 * Time of one probe beside a foreign load, milliseconds, on a chip that gives its busy tenants equal parts.
 *
 * @param aloneMs of the probe on an idle card
 * @param phase where in a cycle of burst and rest it comes, 0 to 1
 */
export async function probeBeside(
  aloneMs: number,
  { load, burstMs, yields = false }: ForeignLoad,
  phase: number,
): Promise<number> {
  const clock = new VirtualClock();
  const chip = new SimulatedChip(figures, clock);
  const cycleMs = burstMs / load;
  const foreign = new ForeignTenant(chip.tenant(), clock, {
    ...{ burst: { operations: burstMs }, restMs: cycleMs - burstMs },
    firstMs: (1 - phase) * cycleMs,
  });
  const probe = chip.tenant();
  let elapsed = 0;
  // A whole cycle later, so that the first burst may have begun before the probe.
  clock.alarm(cycleMs, () => {
    const asked = clock.monotonic();
    if (yields) foreign.pause();
    probe.start();
    void probe.spend({ bytes: aloneMs }).then(() => {
      elapsed = clock.monotonic() - asked;
      foreign.stop();
    });
  });
  await clock.runOut();
  return elapsed;
}
