import { fromBase64, sameBytes } from '../../protocol/bytes.js';
import type { ProofCode } from '../../protocol/codes/table.js';
import { limits } from '../../protocol/limits.js';
import { leafHash, rootFromPath } from '../merkle.js';

/** A commit and what was revealed of it. `roots` and `reveals` come from the device and may be anything. */
export interface CommittedReveal<Opening> {
  /** One root of 32 bytes for each round, as committed. */
  readonly roots: readonly Uint8Array[];
  /** What was asked, in order. */
  readonly openings: readonly Opening[];
  /** What came: for each opening its own fields, a leaf and a path, where the device is honest. */
  readonly reveals: unknown;
}

/** The trees of an exam's rounds: all alike, and all known before anything comes from the device. */
export interface RoundTrees<Opening> {
  readonly rounds: number;
  /** Leaves of each round. */
  readonly leaves: number;
  /** Index of the leaf that an opening lies in. */
  leafOf(opening: Opening): number;
  /** The one length in bytes that a leaf has. */
  leafBytes(index: number): number;
}

/**
 * The opened leaves, once all that can be judged without computing a page is right; else the first fault. Faults are
 * looked for from cheap to dear, each over all reveals before the next, so of several always the same one is named:
 * other openings than asked, leaf length, path. Nothing longer than an honest leaf or path is decoded.
 *
 * Never throws on what a device sent.
 * @throws RangeError when nothing was asked for, which would prove nothing
 */
export function committedLeaves<Opening extends { readonly round: number }>(
  { roots, openings, reveals }: CommittedReveal<Opening>,
  trees: RoundTrees<Opening>,
): Uint8Array[] | ProofCode {
  if (openings.length === 0) throw new RangeError('no openings: nothing would be proven');
  if (!Array.isArray(reveals) || reveals.length !== openings.length) return 'proof.wrong-openings';
  const sent = Array.from(reveals, fieldsOf);
  if (!openings.every((opening, at) => names(sent[at], opening))) return 'proof.wrong-openings';

  const leaves: Uint8Array[] = [];
  for (const [at, opening] of openings.entries()) {
    const leaf = bytesOf(sent[at]?.leaf, trees.leafBytes(trees.leafOf(opening)));
    if (leaf === null) return 'proof.wrong-leaf-length';
    leaves.push(leaf);
  }

  const rootsFit = roots.length === trees.rounds && roots.every((root) => root.length === 32);
  const reached = openings.every((opening, at) => {
    const root = roots[opening.round];
    const path = pathOf(sent[at]?.path);
    if (root === undefined || path === null) return false;
    const hash = leafHash(leaves[at] as Uint8Array);
    const reaches = rootFromPath(hash, trees.leafOf(opening), trees.leaves, path);
    return reaches !== null && sameBytes(reaches, root);
  });
  return rootsFit && reached ? leaves : 'proof.wrong-path';
}

type Fields = Record<string, unknown>;

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

/** True where the reveal says of itself that it is this opening. */
function names(sent: Fields | undefined, opening: object): boolean {
  return Object.entries(opening).every(([field, value]) => sent?.[field] === value);
}

function bytesOf(value: unknown, length: number): Uint8Array | null {
  if (typeof value !== 'string' || value.length !== Math.ceil(length / 3) * 4) return null;
  const bytes = fromBase64(value);
  return bytes?.length === length ? bytes : null;
}

function pathOf(value: unknown): Uint8Array[] | null {
  if (typeof value !== 'string' || value.length > Math.ceil((32 * limits.pathLength) / 3) * 4) return null;
  const bytes = fromBase64(value);
  if (bytes === null || bytes.length % 32 !== 0) return null;
  return Array.from({ length: bytes.length / 32 }, (_, at) => bytes.subarray(at * 32, at * 32 + 32));
}
