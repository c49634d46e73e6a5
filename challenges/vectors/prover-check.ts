import { createHash } from 'node:crypto';
import { fromHex, toHex } from '../../protocol/bytes.js';
import { TouchstoneError } from '../../protocol/error.js';
import { proveCompute } from '../compute/prover.js';
import type { ComputeEngine } from '../engines/engine.js';
import type { PreparedTable, TableEngine } from '../engines/table.js';
import { buildTable, proveWalk } from '../memory/prover.js';
import type { ComputeCase, MemoryCase, PageOpen, WalkerOpen } from './files.js';
import { asSent } from './sent.js';

/** Null when an engine gives all of a case's answers; else the first that differs, or why it stopped. */
export function engineDifference(engine: ComputeEngine, answer: ComputeCase): Promise<string | null> {
  return withPrepared(engine.prepare(answer.shape), async (prepared) => {
    const proof = await proveCompute(prepared, answer.shape, fromHex(answer.seed));
    return rootsDifference(proof.roots, answer.roots) ?? opensDifference(proof.reveal, answer.opens);
  });
}

/** The same of a table engine, for the table itself too. */
export function tableDifference(engine: TableEngine, answer: MemoryCase): Promise<string | null> {
  return withPrepared(engine.prepare(answer.shape), async (prepared) => {
    await buildTable(prepared, answer.shape, fromHex(answer.seed));
    const hash = await tableHash(prepared, answer.shape);
    if (hash !== answer.tableSha256) return `the table's hash is ${hash}, must be ${answer.tableSha256}`;
    const proof = await proveWalk(prepared, answer.shape, fromHex(answer.walkSeed));
    return rootsDifference(proof.roots, answer.roots) ?? opensDifference(proof.reveal, answer.opens);
  });
}

async function withPrepared<P extends { close(): Promise<void> }>(
  preparing: Promise<P>,
  check: (prepared: P) => Promise<string | null>,
): Promise<string | null> {
  try {
    const prepared = await preparing;
    try {
      return await check(prepared);
    } finally {
      await prepared.close();
    }
  } catch (error) {
    if (error instanceof TouchstoneError || error instanceof RangeError) return error.message;
    throw error;
  }
}

/** SHA-256 over all pages in order, read some at a time. */
async function tableHash(prepared: PreparedTable, shape: MemoryCase['shape']): Promise<string> {
  const hash = createHash('sha256');
  for (let bank = 0; bank < shape.banks; bank++) {
    for (let first = 0; first < shape.bankPages; first += 4096) {
      hash.update(await prepared.read(bank, first, Math.min(4096, shape.bankPages - first)));
    }
  }
  return hash.digest('hex');
}

function rootsDifference(roots: readonly Uint8Array[], expected: readonly string[]): string | null {
  if (roots.length !== expected.length) return `${roots.length} roots, must be ${expected.length}`;
  const got = roots.map(toHex);
  const round = got.findIndex((root, k) => root !== expected[k]);
  return round < 0 ? null : `the root of round ${round} is ${got[round]}, must be ${expected[round]}`;
}

function opensDifference<Open extends PageOpen | WalkerOpen>(
  reveal: (opens: readonly Open[]) => { leaf: string; path: string }[],
  expected: readonly Open[],
): string | null {
  for (const open of expected) {
    const [got] = reveal([open]);
    const { leaf, path } = asSent(open);
    const which = 'page' in open ? `page ${open.page}` : `walker ${open.walker}`;
    const where = `of ${which} in round ${open.round}`;
    if (got?.leaf !== leaf) return `the leaf ${where} is ${got?.leaf}, must be ${leaf}`;
    if (got.path !== path) return `the path ${where} is ${got.path}, must be ${path}`;
  }
  return null;
}
