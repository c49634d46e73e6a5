import { linkTags } from '../../challenges/timelock/replay.js';
import { fromHex, toHex } from '../../protocol/bytes.js';
import type { OfflineReasonCode } from '../../protocol/codes/table.js';
import type { OfflineReveal } from '../../protocol/messages/offline.js';
import type { LinkOpening, LinkReveal } from '../../protocol/messages/reveals.js';
import type { MemoryShape } from '../../protocol/shapes.js';
import { chooseLinks } from './link-openings.js';
import type { Reported } from './reported.js';
import { readRoots, splitRoots } from './roots.js';
import type { Mac } from './token.js';

/** A table that a card keeps, as far as a chain is about it. */
export interface ChainTable {
  readonly card: number;
  readonly tableSeed: string;
  readonly shape: MemoryShape;
}

/** What one card showed of its links. */
export interface ShownCard {
  readonly card: number;
  readonly tableSeed: string;
  /** Null where the card has another table by now, or none: then nothing was opened. */
  readonly shape: MemoryShape | null;
  readonly openings: readonly LinkOpening[];
  /** `32 · links` bytes. */
  readonly roots: Uint8Array;
  readonly reveals: readonly LinkReveal[];
}

/** Asks one card. Null where the time is over, `gone` where the line is. */
export type Ask = (card: number, openings: readonly LinkOpening[]) => Promise<OfflineReveal | 'gone' | null>;

/**
 * Has every card of a chain show its roots and some walkers, one card after the other: their answers share a line that was
 * down a moment ago. Ends with the first that can't be had, since no link can be made without the roots of all.
 * @param tables that the device keeps now
 */
export async function showCards(
  { chain, report }: Reported,
  tables: readonly ChainTable[],
  ask: Ask,
  choice: { readonly mac: Mac; readonly count: number },
): Promise<ShownCard[] | OfflineReasonCode | 'gone'> {
  const shown: ShownCard[] = [];
  for (const [at, { card, tableSeed }] of chain.cards.entries()) {
    const shape = tables.find((table) => table.card === card && table.tableSeed === tableSeed)?.shape ?? null;
    const openings =
      shape === null
        ? []
        : chooseLinks(
            choice.mac(`openings ${chain.seed} ${card}`),
            report.links,
            shape.walkers,
            choice.count,
          );
    const answer = await ask(card, openings);
    if (answer === 'gone') return 'gone';
    if (answer === null) return 'offline.unanswered';
    const roots = readRoots(answer.roots, report.links);
    if (roots === null) return 'offline.wrong-tag';
    const tag = linkTags(fromHex(chain.seed), card, splitRoots(roots));
    if (toHex(tag) !== report.cards[at]?.tag) return 'offline.wrong-tag';
    shown.push({ card, tableSeed, shape, openings, roots, reveals: answer.reveals });
  }
  return shown;
}
