import type { MemoryReveal } from '../../challenges/memory/verifier.js';
import type { ProofVerdict } from '../../challenges/proofs/verdict.js';
import { fromHex, toHex } from '../../protocol/bytes.js';
import type { OfflineReasonCode } from '../../protocol/codes/table.js';
import type { ChainJob, SolvedJob } from './chain-job.js';
import { type OpenedLink, openedLinks, walkedLinks } from './link-openings.js';
import type { Reported } from './reported.js';
import { splitRoots } from './roots.js';
import type { ShownCard } from './shown.js';

export interface Checkers {
  /** Makes the links again; rejects by our own fault only. */
  readonly solve: (job: ChainJob) => Promise<SolvedJob>;
  /** Checks walkers of one walk; rejects by our own fault only. */
  readonly checkWalk: (walk: MemoryReveal) => Promise<ProofVerdict>;
}

/** What the links of one card are worth. */
export interface CheckedCard {
  readonly card: number;
  readonly tableSeed: string;
  /** Links after which it walked. */
  readonly walked: number;
  readonly opened: number;
  readonly right: number;
  readonly code: Extract<OfflineReasonCode, 'offline.credited' | 'offline.no-table' | 'offline.wrong-walk'>;
}

/** Why no card of a chain is credited anything; or each card. Only `solve` and `checkWalk` make it reject. */
export async function checkShown(
  { chain, report }: Reported,
  shown: readonly ShownCard[],
  { solve, checkWalk }: Checkers,
): Promise<CheckedCard[] | 'offline.wrong-key'> {
  const cards = shown.map((one) => ({ ...one, links: openedOf(one) }));
  const wanted = cards.flatMap(({ card, links }) => (links ?? []).map(({ link }) => ({ link, card })));
  const job = { seed: fromHex(chain.seed), squarings: chain.squarings, links: report.links };
  const { key, walkSeeds } = await solve({
    ...job,
    cards: cards.map(({ card, roots }) => ({ card, roots })),
    wanted,
  });
  if (toHex(key) !== report.key) return 'offline.wrong-key';
  const seeds = new Map(wanted.map(({ link, card }, at) => [`${link} ${card}`, walkSeeds[at] as Uint8Array]));
  const checked: CheckedCard[] = [];
  for (const { card, tableSeed, shape, roots, openings, links } of cards) {
    const about = { card, tableSeed, walked: walkedLinks(splitRoots(roots)) };
    if (shape === null || links === null || links.length === 0) {
      checked.push({ ...about, opened: openings.length, right: 0, code: 'offline.no-table' });
      continue;
    }
    let right = 0;
    for (const { link, root, openings: walkers, reveals } of links) {
      const walkSeed = seeds.get(`${link} ${card}`) as Uint8Array;
      const walk = { shape: { ...shape, rounds: 1 }, tableSeed: fromHex(tableSeed), walkSeed };
      const verdict = await checkWalk({ ...walk, roots: [root], openings: walkers, reveals });
      right += verdict.code === 'proof.complete' ? verdict.right : 0;
    }
    const opened = links.reduce((sum, { openings: walkers }) => sum + walkers.length, 0);
    const code = right === opened ? 'offline.credited' : 'offline.wrong-walk';
    checked.push({ ...about, opened, right, code });
  }
  return checked;
}

/** Null where the card could not show what was asked of it. */
const openedOf = ({ shape, openings, roots, reveals }: ShownCard): OpenedLink[] | null =>
  shape === null ? null : openedLinks(openings, splitRoots(roots), reveals);
