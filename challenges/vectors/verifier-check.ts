import { fromHex, toHex } from '../../protocol/bytes.js';
import type { Reveal } from '../../protocol/messages/exam.js';
import { digestBytes, leafPages } from '../compute/leaves.js';
import { type ComputeReveal, checkComputeReveal } from '../compute/verifier.js';
import type { RecomputePages } from '../engines/engine.js';
import { leafHash, rootFromPath } from '../merkle.js';
import type { ComputeCase } from './files.js';

type Proof = ComputeReveal & { readonly reveals: readonly Reveal[] };

/**
 * Null when our verifier accepts all openings of a case together, and refuses each with one bit flipped in its leaf, its
 * path, its root, or in its page under a root that was made to fit.
 */
export async function verifierDifference(
  recompute: RecomputePages,
  answer: ComputeCase,
): Promise<string | null> {
  const honest = proofOf(answer, answer.opens);
  const accepted = await checkComputeReveal(honest, recompute);
  if (accepted.code !== 'proof.complete') return `the openings are refused: ${accepted.code}`;
  for (const open of answer.opens) {
    for (const { what, proof, code } of forgeries(answer, open)) {
      const verdict = await checkComputeReveal(proof, recompute);
      if (verdict.code !== code) {
        return `${what} of page ${open.page} in round ${open.round} gives ${verdict.code}, must be ${code}`;
      }
    }
  }
  return null;
}

function proofOf({ shape, seed, roots }: ComputeCase, opens: readonly Reveal[]): Proof {
  return {
    shape,
    seed: fromHex(seed),
    roots: roots.map(fromHex),
    openings: opens.map(({ round, page }) => ({ round, page })),
    reveals: opens,
  };
}

interface Forgery {
  readonly what: string;
  readonly proof: Proof;
  readonly code: string;
}

function forgeries(answer: ComputeCase, open: Reveal): Forgery[] {
  const pageByte = (open.page % leafPages) * digestBytes;
  const leaf = flipBit(open.leaf, pageByte);
  const forged: Forgery[] = [
    { what: 'a flipped leaf', proof: proofOf(answer, [{ ...open, leaf }]), code: 'proof.wrong-path' },
    { what: 'a flipped root', proof: withRoot(answer, open, flipBit), code: 'proof.wrong-path' },
  ];
  const [sibling, ...above] = open.path;
  if (sibling !== undefined) {
    const path = [flipBit(sibling), ...above];
    forged.push({
      what: 'a flipped path',
      proof: proofOf(answer, [{ ...open, path }]),
      code: 'proof.wrong-path',
    });
  }
  const proof = withRoot(answer, { ...open, leaf }, () => rootOf(answer, { ...open, leaf }));
  forged.push({ what: 'a flipped page under a fitting root', proof, code: 'proof.wrong-page' });
  return forged;
}

function withRoot(answer: ComputeCase, open: Reveal, change: (root: string) => string): Proof {
  const roots = answer.roots.map((root, round) => (round === open.round ? change(root) : root));
  return proofOf({ ...answer, roots }, [open]);
}

function rootOf({ shape }: ComputeCase, { page, leaf, path }: Reveal): string {
  const index = Math.floor(page / leafPages);
  const root = rootFromPath(leafHash(fromHex(leaf)), index, shape.pages / leafPages, path.map(fromHex));
  return root === null ? '' : toHex(root);
}

function flipBit(hex: string, byte = 0): string {
  const bytes = fromHex(hex);
  bytes[byte] = (bytes[byte] ?? 0) ^ 1;
  return toHex(bytes);
}
