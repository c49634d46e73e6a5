import { fromHex, toHex } from '../../protocol/bytes.js';
import type { ComputeEngine, RecomputePages } from '../engines/engine.js';
import type { TableEngine } from '../engines/table.js';
import { stream } from '../stream.js';
import { readAnswerFiles, type StreamCase } from './files.js';
import { engineDifference, tableDifference } from './prover-check.js';
import { computeVerifierDifference, memoryVerifierDifference } from './verifier-check.js';

/** How one engine did on one case. */
export interface VectorResult {
  readonly file: string;
  /** Index of the case in its file. */
  readonly case: number;
  /** Engine name; `table …` for one that holds tables, `stream` for the keystream, `verifier …` for the judging side. */
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

/** What came of all cases of a directory. */
export interface VectorReport {
  readonly results: VectorResult[];
  /** Files that were seen and not checked, because this version does not have their exam. */
  readonly notChecked: string[];
}

/**
 * Checks engines and verifiers against a directory of answers: of every case all roots, every opening's leaf and path;
 * of a memory exam the table too; that the verifiers accept the openings and refuse them with a bit flipped.
 * @param onResult called as each result is known
 * @throws TouchstoneError `vectors.unreadable`
 */
export async function checkVectors(
  directory: string,
  engines: readonly ComputeEngine[],
  tableEngines: readonly TableEngine[],
  verifiers: readonly VectorVerifier[],
  onResult: (result: VectorResult) => void = () => {},
): Promise<VectorReport> {
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
  return { results, notChecked: files.notChecked };
}

function streamDifference({ seed, label, offset, bytes }: StreamCase): string | null {
  const got = toHex(stream(fromHex(seed), label, offset, bytes.length / 2));
  return got === bytes ? null : `the bytes are ${got}`;
}
