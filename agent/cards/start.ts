import { enginesWithFigures, onnxEngineNames } from '../../challenges/engines/catalogue.js';
import { engineNameOf, listedProviders } from '../../challenges/engines/onnx/providers.js';
import type { SupplierCard } from '../connection/supplier.js';
import { WorkerProver } from '../exam/worker-prover.js';
import type { Candidate } from './find.js';
import { loadOf } from './load.js';

/** An engine that was tried on a card and did not do. */
export interface FailedEngine {
  readonly engine: string;
  readonly message: string;
}

/** Why no engine runs on a card, for people: each that was tried, with what it said. */
export const triedEngines = (failed: readonly FailedEngine[]): string =>
  failed.map(({ engine, message }) => `${engine}: ${message.replace(/\.$/, '')}`).join('; ');

/** A card ready to be examined, or, with `prover` null, one that no engine here runs on. */
export interface StartedCard extends SupplierCard {
  /** Compute engines that did not do. */
  readonly failed: readonly FailedEngine[];
  /** Table engines that did not do. */
  readonly failedTables: readonly FailedEngine[];
  readonly prover: WorkerProver | null;
}

/**
 * Tries engines that could run on a card, each for a moment in a process of its own, gives the card the fastest of
 * those that are exact on it, and writes the claim. Engines with published figures come first: if one of them does, the
 * others are not tried, because only such an engine confirms a class. Likewise the fastest that holds tables. A software
 * device, which never earns, gets the first engine that does: there a trial takes ten seconds of the whole machine.
 * Cards should be started one after another, or they slow each other's measure.
 *
 * @param signal stops it, whatever engine is at work
 * @throws what `signal` was aborted with
 */
export async function startCard(
  { card, bus, engines, tableEngines, env }: Candidate,
  signal?: AbortSignal,
): Promise<StartedCard> {
  const trials = await withoutUnlisted(engines);
  const groups = card.kind === 'software' ? trials.map((trial) => [trial]) : byFigures(trials);
  const compute = await fastestOfFirst(groups, (engine) =>
    measured(new WorkerProver({ engine, env }), (prover) => prover.check(), signal),
  );
  signal?.throwIfAborted();
  if (compute.best === null) {
    const failed = compute.failed.length > 0 ? compute.failed : [noneTold];
    return { claim: { ...card, engine: null }, bus, prover: null, failed, failedTables: [] };
  }
  const table = await fastest(
    tableEngines.map((engine) => ({ engine, refusal: null })),
    (tableEngine) =>
      measured(new WorkerProver({ engine: null, tableEngine, env }), (prover) => prover.checkTable(), signal),
  );
  signal?.throwIfAborted();
  const engine = compute.best.engine;
  const load = loadOf(card);
  const tableEngine = table.best?.engine ?? null;
  return {
    claim: {
      ...card,
      engine,
      warmupGflops: compute.best.rate,
      memoryEngine: tableEngine,
      ...(table.best && { tableGops: table.best.rate }),
    },
    bus,
    prover: new WorkerProver({ engine, tableEngine, env }),
    ...(load && { load }),
    failed: compute.failed,
    failedTables: table.failed,
  };
}

const noneTold: FailedEngine = {
  engine: 'none',
  message: 'No engine can be told to run on this card among several.',
};

/** An engine to try, or why there is no need to. */
interface Trial {
  readonly engine: string;
  readonly refusal: string | null;
}

/** Starting a process tells the same, seconds later. */
async function withoutUnlisted(engines: readonly string[]): Promise<Trial[]> {
  const listed = (await listedProviders()).map(engineNameOf);
  const missing = onnxEngineNames.filter((name) => !listed.includes(name));
  return engines.map((engine) => ({
    engine,
    refusal: missing.includes(engine) ? 'The installed ONNX Runtime does not have it.' : null,
  }));
}

const byFigures = (trials: readonly Trial[]): Trial[][] => {
  const known = ({ engine }: Trial): boolean => enginesWithFigures.includes(engine);
  return [trials.filter(known), trials.filter((trial) => !known(trial))];
};

/** The fastest of the first group in which any engine does; those of the groups before have failed. */
export async function fastestOfFirst(
  groups: readonly (readonly Trial[])[],
  measure: (engine: string) => Promise<number>,
): Promise<Fastest> {
  const failed: FailedEngine[] = [];
  for (const group of groups) {
    const found = await fastest(group, measure);
    failed.push(...found.failed);
    if (found.best !== null) return { best: found.best, failed };
  }
  return { best: null, failed };
}

interface Fastest {
  readonly best: { readonly engine: string; readonly rate: number } | null;
  readonly failed: FailedEngine[];
}

/**
 * Tries engines one after another.
 * @param measure gives an engine's rate, or rejects where it does not do
 */
export async function fastest(
  trials: readonly Trial[],
  measure: (engine: string) => Promise<number>,
): Promise<Fastest> {
  let best: { engine: string; rate: number } | null = null;
  const failed: FailedEngine[] = [];
  for (const { engine, refusal } of trials) {
    try {
      if (refusal !== null) throw new Error(refusal);
      const rate = await measure(engine);
      if (best === null || rate > best.rate) best = { engine, rate };
    } catch (error) {
      failed.push({ engine, message: error instanceof Error ? error.message : String(error) });
    }
  }
  return { best, failed };
}

/** What a prover measures; its process ends with it, and gives back what it took of the card. */
async function measured(
  prover: WorkerProver,
  measure: (prover: WorkerProver) => Promise<number>,
  signal?: AbortSignal,
): Promise<number> {
  const stop = (): void => void prover.close();
  signal?.addEventListener('abort', stop);
  try {
    signal?.throwIfAborted();
    return await measure(prover);
  } finally {
    signal?.removeEventListener('abort', stop);
    await prover.close();
  }
}
