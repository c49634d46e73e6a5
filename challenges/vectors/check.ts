import { fromHex, toHex } from '../../protocol/bytes.js';
import type { ComputeEngine, RecomputePages } from '../engines/engine.js';
import type { Squarer } from '../engines/squarer.js';
import type { TableEngine } from '../engines/table.js';
import { stream } from '../stream.js';
import { readAnswerFiles, type StreamCase } from './files.js';
import { engineDifference, tableDifference } from './prover-check.js';
import { linksDifference, squarerDifference, trapdoorDifference } from './timelock-check.js';
import { computeVerifierDifference, memoryVerifierDifference } from './verifier-check.js';

/** How one engine did on one case. */
export interface VectorResult {
  readonly file: string;
  /** Index of the case in its file. */
  readonly case: number;
  /**
   * Engine name; `table …` for one that holds tables, `squarer …` for one that squares, `verifier …` for the judging side;
   * `stream` for the keystream, `links` for what a chain's solutions are keys to.
   */
  readonly engine: string;
  readonly ok: boolean;
  /** What differs, in words; null when nothing does. */
  readonly difference: string | null;
}

/** A side that judges answers: its name and its batched product. */
export interface VectorVerifier {
  readonly name: string;
  readonly recompute: RecomputePages;
}

/** What is checked. */
export interface VectorSubjects {
  readonly engines: readonly ComputeEngine[];
  readonly tableEngines: readonly TableEngine[];
  readonly squarers: readonly Squarer[];
  readonly verifiers: readonly VectorVerifier[];
}

/**
 * Checks engines and verifiers against a directory of answers: of every case all roots, every opening's leaf and path;
 * of a memory exam the table too; that the verifiers accept the openings and refuse them with a bit flipped; of a time-lock
 * all solutions, by squaring and by the trapdoor, and what they are keys to.
 * @param onResult called as each result is known
 * @throws TouchstoneError `vectors.unreadable`
 */
export async function checkVectors(
  directory: string,
  { engines, tableEngines, squarers, verifiers }: VectorSubjects,
  onResult: (result: VectorResult) => void = () => {},
): Promise<VectorResult[]> {
  const files = await readAnswerFiles(directory);
  const results: VectorResult[] = [];
  const add = (file: string, at: number, engine: string, difference: string | null) => {
    const result = { file, case: at, engine, ok: difference === null, difference };
    results.push(result);
    onResult(result);
  };
  for (const [at, entry] of files.stream.entries()) add('stream.json', at, 'stream', streamDifference(entry));
  for (const [at, entry] of files.compute.entries()) {
    for (const engine of engines) add('compute.json', at, engine.name, await engineDifference(engine, entry));
    for (const { name, recompute } of verifiers)
      add('compute.json', at, name, await computeVerifierDifference(recompute, entry));
  }
  for (const [at, entry] of files.memory.entries()) {
    for (const engine of tableEngines)
      add('memory.json', at, `table ${engine.name}`, await tableDifference(engine, entry));
    for (const { name, recompute } of verifiers)
      add('memory.json', at, name, await memoryVerifierDifference(recompute, entry));
  }
  for (const [at, entry] of files.timelock.entries()) {
    add('timelock.json', at, 'links', linksDifference(entry));
    for (const squarer of squarers)
      add('timelock.json', at, `squarer ${squarer.name}`, await squarerDifference(squarer, entry));
    add('timelock.json', at, 'verifier trapdoor', trapdoorDifference(entry));
  }
  return results;
}

function streamDifference({ seed, label, offset, bytes }: StreamCase): string | null {
  const got = toHex(stream(fromHex(seed), label, offset, bytes.length / 2));
  return got === bytes ? null : `the bytes are ${got}`;
}
