import { EngineProver } from '../agent/exam/engine-prover.js';
import type { CardProver } from '../agent/exam/prover.js';
import type { ComputeEngine } from '../challenges/engines/engine.js';
import type { TableEngine } from '../challenges/engines/table.js';
import type { ChipTenant } from './chip.js';
import { simulatedEngine, simulatedTableEngine } from './claims.js';
import { ChipEngine } from './engine.js';
import { ChipTableEngine, type TableKeeping } from './table-engine.js';

/** The two engines of a card. Also what does the real work of all simulated chips of a process. */
export interface Engines {
  readonly compute: ComputeEngine;
  readonly table: TableEngine;
}

/** In what the engines of one identity depart from those of an honest card. */
export interface EngineOptions {
  /** What the engine of the compute exam calls itself. */
  readonly name?: string;
  readonly keeping?: TableKeeping;
}

/** The engines of one identity on a chip. */
export function enginesOn(
  tenant: ChipTenant,
  host: Engines,
  { name = simulatedEngine, keeping }: EngineOptions = {},
): Engines {
  return {
    compute: new ChipEngine(name, tenant, host.compute),
    table: new ChipTableEngine(simulatedTableEngine, tenant, host.table, keeping),
  };
}

/**
 * The agent's own prover over the engines of one identity. A cheat replaces an engine, or wraps the prover.
 *
 * @param tenant for which the chip's time counts from the moment of a challenge
 */
export function proverOn(tenant: ChipTenant, { compute, table }: Engines): CardProver {
  const prover = new EngineProver({ compute: () => compute, table: () => table });
  return {
    arm: (shape) => prover.arm(shape),
    commit(seed, onProgress) {
      tenant.start();
      return prover.commit(seed, onProgress);
    },
    reveal: (openings) => prover.reveal(openings),
    build(shape, tableSeed, onProgress) {
      tenant.start();
      return prover.build(shape, tableSeed, onProgress);
    },
    walk(walkSeed, onProgress, rounds) {
      tenant.start();
      return prover.walk(walkSeed, onProgress, rounds);
    },
    revealWalk: (openings) => prover.revealWalk(openings),
    dropTable: () => prover.dropTable(),
    close: () => prover.close(),
  };
}
