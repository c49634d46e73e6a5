import { fromHex, toHex } from '../../protocol/bytes.js';
import { TouchstoneError } from '../../protocol/error.js';
import { proveCompute } from '../compute/prover.js';
import type { ComputeEngine, RecomputePages } from '../engines/engine.js';
import { stream } from '../stream.js';
import { type ComputeCase, readAnswerFiles, type StreamCase } from './files.js';
import { verifierDifference } from './verifier-check.js';

/** How one engine did on one case. */
export interface VectorResult {
  readonly file: string;
  /** Index of the case in its file. */
  readonly case: number;
  /** Engine name; `stream` for the keystream, `verifier …` for the judging side. */
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

export interface VectorReport {
  readonly results: VectorResult[];
  /** Files that were seen and not checked, because this version does not have their exam. */
  readonly notChecked: string[];
}

/**
 * Checks engines and verifiers against a directory of answers: of every case all roots, every opening's leaf and path;
 * that the verifiers accept the openings and refuse them with a bit flipped.
 * @param onResult called as each result is known
 * @throws TouchstoneError `vectors.unreadable`
 */
export async function checkVectors(
  directory: string,
  engines: readonly ComputeEngine[],
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
      add('compute.json', at, name, await verifierDifference(recompute, entry));
  }
  return { results, notChecked: files.notChecked };
}

function streamDifference({ seed, label, offset, bytes }: StreamCase): string | null {
  const got = toHex(stream(fromHex(seed), label, offset, bytes.length / 2));
  return got === bytes ? null : `the bytes are ${got}`;
}

/** Null when an engine gives all of a case's answers; else the first that differs, or why it stopped. */
async function engineDifference(engine: ComputeEngine, answer: ComputeCase): Promise<string | null> {
  try {
    const prepared = await engine.prepare(answer.shape);
    try {
      const proof = await proveCompute(prepared, answer.shape, fromHex(answer.seed));
      return (
        rootsDifference(proof.roots.map(toHex), answer.roots) ?? opensDifference(proof.reveal, answer.opens)
      );
    } finally {
      await prepared.close();
    }
  } catch (error) {
    if (error instanceof TouchstoneError || error instanceof RangeError) return error.message;
    throw error;
  }
}

function rootsDifference(got: string[], expected: string[]): string | null {
  if (got.length !== expected.length) return `${got.length} roots, must be ${expected.length}`;
  const round = got.findIndex((root, k) => root !== expected[k]);
  return round < 0 ? null : `the root of round ${round} is ${got[round]}, must be ${expected[round]}`;
}

function opensDifference(
  reveal: (opens: ComputeCase['opens']) => ComputeCase['opens'],
  expected: ComputeCase['opens'],
): string | null {
  for (const open of expected) {
    const [got] = reveal([open]);
    const where = `of page ${open.page} in round ${open.round}`;
    if (got?.leaf !== open.leaf) return `the leaf ${where} is ${got?.leaf}`;
    if (got.path.join() !== open.path.join()) return `the path ${where} is ${got.path.join(' ')}`;
  }
  return null;
}
