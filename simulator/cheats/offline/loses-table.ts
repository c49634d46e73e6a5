import { createHash } from 'node:crypto';
import type { CardProver } from '../../../agent/exam/prover.js';
import { OfflineRunner } from '../../../agent/offline/runner.js';
import type { TableEngine } from '../../../challenges/engines/table.js';
import type { MemoryShape } from '../../../protocol/shapes.js';
import { allOf } from '../all-of.js';
import type { OutageParts, OutageSide } from './agent.js';

// The table goes with the line, since its memory is sold for that time. Three ways to solve the chain all the same.

/** Says at each link that it could not walk. */
export function walksNothing(parts: OutageParts): OutageSide {
  const none = async () => null;
  return new OfflineRunner({ ...parts, walks: { walk: none, reveal: none } });
}

/** Calls `lose` when the line goes, and is honest otherwise. */
export function losesWithLine(parts: OutageParts, lose: () => void): OutageSide {
  const honest = new OfflineRunner(parts);
  return {
    handle: (message) => honest.handle(message),
    lineUp: () => honest.lineUp(),
    lineDown(silentMs) {
      lose();
      honest.lineDown(silentMs);
    },
    close: () => honest.close(),
  };
}

/** From `lose` on until it builds another one, its walks end anywhere: the same walk always at the same place. */
export function makesUpWalks(engine: TableEngine): { readonly engine: TableEngine; lose(): void } {
  let lost = false;
  return {
    lose() {
      lost = true;
    },
    engine: {
      name: engine.name,
      async prepare(shape) {
        const prepared = await engine.prepare(shape);
        return {
          ...prepared,
          build(source, onProgress) {
            lost = false;
            return prepared.build(source, onProgress);
          },
          walk: async (keys, first, count) =>
            lost ? madeUp(keys, first, count) : await prepared.walk(keys, first, count),
        };
      },
      close: () => engine.close(),
    },
  };
}

function madeUp(keys: Uint32Array, first: number, count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, at) =>
    createHash('sha256')
      .update(`${keys.join()} ${first + at}`)
      .digest()
      .readUInt32LE(0),
  );
}

/** From `lose` on until its next exam it makes its table for each walk, and lets it go again. */
export function rebuildsForEachLink(prover: CardProver): { readonly prover: CardProver; lose(): void } {
  let lost = false;
  let last: { readonly shape: MemoryShape; readonly seed: Uint8Array } | null = null;
  return {
    lose() {
      lost = true;
      void prover.dropTable();
    },
    prover: {
      ...allOf(prover),
      arm(shape) {
        lost = false;
        return prover.arm(shape);
      },
      build(shape, seed, onProgress) {
        last = { shape, seed };
        return prover.build(shape, seed, onProgress);
      },
      async walk(walkSeed, onProgress, rounds) {
        if (!lost || last === null) return await prover.walk(walkSeed, onProgress, rounds);
        await prover.build(last.shape, last.seed, () => {});
        const roots = await prover.walk(walkSeed, onProgress, rounds);
        await prover.dropTable();
        return roots;
      },
    },
  };
}
