import { fromHex, toHex } from '../../protocol/bytes.js';
import { digestBytes, leafPages } from '../compute/leaves.js';
import { checkComputeReveal } from '../compute/verifier.js';
import type { RecomputePages } from '../engines/engine.js';
import { leafCount, leafWalkers, resultBytes } from '../memory/leaves.js';
import { checkMemoryReveal } from '../memory/verifier.js';
import { leafHash, rootFromPath } from '../merkle.js';
import type { ProofVerdict } from '../proofs/verdict.js';
import type { ComputeCase, MemoryCase, PageOpen, WalkerOpen } from './files.js';
import { asSent } from './sent.js';

/** A case of either exam, as its verifier is asked about it. */
interface Judged<Open> {
  readonly roots: readonly string[];
  readonly opens: readonly Open[];
  judge(roots: readonly string[], opens: readonly Open[]): Promise<ProofVerdict>;
  /** Leaves of a round. */
  readonly leaves: number;
  readonly leafOf: (open: Open) => number;
  /** First byte in its leaf of what was opened. */
  readonly byteOf: (open: Open) => number;
  /** What is said where it does not follow from the seeds. */
  readonly wrong: string;
  readonly nameOf: (open: Open) => string;
}

/**
 * Null when our verifier accepts all openings of a case together, and refuses each with one bit flipped in its leaf, its
 * path, its root, or in its page under a root that was made to fit.
 */
export function computeVerifierDifference(
  recompute: RecomputePages,
  { shape, seed, roots, opens }: ComputeCase,
): Promise<string | null> {
  return judgedDifference<PageOpen>({
    roots,
    opens,
    judge: (judged, shown) =>
      checkComputeReveal(
        {
          shape,
          seed: fromHex(seed),
          roots: judged.map(fromHex),
          openings: shown.map(({ round, page }) => ({ round, page })),
          reveals: shown.map(asSent),
        },
        recompute,
      ),
    leaves: shape.pages / leafPages,
    leafOf: ({ page }) => Math.floor(page / leafPages),
    byteOf: ({ page }) => (page % leafPages) * digestBytes,
    wrong: 'proof.wrong-page',
    nameOf: ({ round, page }) => `page ${page} in round ${round}`,
  });
}

/** The same of a memory exam: the last flip is in the walker's result. */
export function memoryVerifierDifference(
  recompute: RecomputePages,
  { shape, seed, walkSeed, roots, opens }: MemoryCase,
): Promise<string | null> {
  return judgedDifference<WalkerOpen>({
    roots,
    opens,
    judge: (judged, shown) =>
      checkMemoryReveal(
        {
          shape,
          tableSeed: fromHex(seed),
          walkSeed: fromHex(walkSeed),
          roots: judged.map(fromHex),
          openings: shown.map(({ round, walker }) => ({ round, walker })),
          reveals: shown.map(asSent),
        },
        recompute,
      ),
    leaves: leafCount(shape.walkers),
    leafOf: ({ walker }) => Math.floor(walker / leafWalkers),
    byteOf: ({ walker }) => (walker % leafWalkers) * resultBytes,
    wrong: 'proof.wrong-walk',
    nameOf: ({ round, walker }) => `walker ${walker} in round ${round}`,
  });
}

type AnyOpen = PageOpen | WalkerOpen;

async function judgedDifference<Open extends AnyOpen>(answer: Judged<Open>): Promise<string | null> {
  const accepted = await answer.judge(answer.roots, answer.opens);
  if (accepted.code !== 'proof.complete') return `the openings are refused: ${accepted.code}`;
  for (const open of answer.opens) {
    for (const { what, roots, shown, code } of forgeries(answer, open)) {
      const verdict = await answer.judge(roots, [shown]);
      if (verdict.code !== code)
        return `${what} of ${answer.nameOf(open)} gives ${verdict.code}, must be ${code}`;
    }
  }
  return null;
}

interface Forgery<Open> {
  readonly what: string;
  readonly roots: readonly string[];
  readonly shown: Open;
  readonly code: string;
}

function forgeries<Open extends AnyOpen>(answer: Judged<Open>, open: Open): Forgery<Open>[] {
  const { roots } = answer;
  const code = 'proof.wrong-path';
  const withRoot = (root: string) => roots.map((honest, round) => (round === open.round ? root : honest));
  const shown = { ...open, leaf: flipBit(open.leaf, answer.byteOf(open)) };
  const forged: Forgery<Open>[] = [
    { what: 'a flipped leaf', roots, shown, code },
    { what: 'a flipped root', roots: withRoot(flipBit(roots[open.round] as string)), shown: open, code },
    {
      what: 'a flipped value under a fitting root',
      roots: withRoot(rootOf(answer, shown)),
      shown,
      code: answer.wrong,
    },
  ];
  const [sibling, ...above] = open.path;
  if (sibling !== undefined) {
    const path = [flipBit(sibling), ...above];
    forged.push({ what: 'a flipped path', roots, shown: { ...open, path }, code });
  }
  return forged;
}

function rootOf<Open extends AnyOpen>({ leafOf, leaves }: Judged<Open>, open: Open): string {
  const root = rootFromPath(leafHash(fromHex(open.leaf)), leafOf(open), leaves, open.path.map(fromHex));
  return root === null ? '' : toHex(root);
}

function flipBit(hex: string, byte = 0): string {
  const bytes = fromHex(hex);
  bytes[byte] = (bytes[byte] ?? 0) ^ 1;
  return toHex(bytes);
}
