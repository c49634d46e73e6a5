import { listedProviders } from '../../challenges/engines/onnx/providers.js';
import type { SupplierCard } from '../connection/supplier.js';
import { WorkerProver } from '../exam/worker-prover.js';
import type { Candidate } from './find.js';

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
  readonly failed: readonly FailedEngine[];
  readonly prover: WorkerProver | null;
}

/**
 * Gives a card the first of its engines that is exact on it, measures it for a moment, and writes the claim.
 * Cards should be started one after another, or they slow each other's measure.
 */
export async function startCard(candidate: Candidate): Promise<StartedCard> {
  const { card, env } = candidate;
  const listed = new Set((await listedProviders()).map((provider) => `onnx-${provider}`));
  const failed: FailedEngine[] = [];
  for (const engine of candidate.engines) {
    if (!listed.has(engine)) {
      failed.push({ engine, message: 'The installed ONNX Runtime does not have it.' });
      continue;
    }
    const prover = new WorkerProver({ engine, env });
    try {
      const warmupGflops = await prover.check();
      return { claim: { ...card, engine, warmupGflops }, prover, failed };
    } catch (error) {
      await prover.close();
      failed.push({ engine, message: error instanceof Error ? error.message : String(error) });
    }
  }
  if (failed.length === 0)
    failed.push({ engine: 'none', message: 'No engine can be told to run on this card among several.' });
  return { claim: { ...card, engine: null }, prover: null, failed };
}
