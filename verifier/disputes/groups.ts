import { createHash } from 'node:crypto';
import type { ComponentKind } from '../../protocol/messages/hardware.js';

/** A device shows a value for a card that it claims. */
export interface ClaimedValue {
  readonly kind: ComponentKind;
  readonly hash: string;
  readonly device: string;
  readonly card: number;
}

/** One id of a GPU, and who claims it. */
export interface ClaimGroup {
  readonly dispute: string;
  readonly kind: ComponentKind;
  readonly hash: string;
  /** Values that this group stands for: its own, and others that the same cards share. */
  readonly hashes: readonly string[];
  /** Card by device. */
  readonly cards: ReadonlyMap<string, number>;
}

/** What tells a GPU from others, the strongest first. A serial may be that of a board with several GPUs. */
const strength: readonly ComponentKind[] = ['gpu-uuid', 'gpu-pdi', 'gpu-serial'];

/** One id for each disputed value, the same wherever it is computed. */
export const disputeIdOf = (kind: ComponentKind, hash: string): string =>
  `di_${createHash('sha256').update(`touchstone/v1/dispute/${kind}/${hash}`).digest('hex').slice(0, 32)}`;

/**
 * Values that several devices claim, each set of cards once: a weaker value that the same cards share says nothing new. A serial that
 * cards with different UUIDs share is left out: GPUs of one board share it, also when they are passed to different machines.
 * @param values in any order, the same one perhaps twice
 */
export function groupClaims(values: readonly ClaimedValue[]): ClaimGroup[] {
  const uuids = new Map<string, Set<string>>();
  const byValue = new Map<string, { kind: ComponentKind; hash: string; cards: Map<string, number> }>();
  for (const { kind, hash, device, card } of values) {
    if (kind === 'gpu-uuid') addTo(uuids, `${device}/${card}`, hash);
    const key = `${kind}/${hash}`;
    const group = byValue.get(key) ?? { kind, hash, cards: new Map() };
    group.cards.set(device, Math.min(card, group.cards.get(device) ?? card));
    byValue.set(key, group);
  }
  const groups: ClaimGroup[] = [];
  const shared = [...byValue.values()].filter(
    ({ kind, cards }) =>
      strength.includes(kind) && cards.size > 1 && !(kind === 'gpu-serial' && areOfBoard(cards, uuids)),
  );
  for (const { kind, hash, cards } of shared.sort(byStrength)) {
    const stronger = groups.findIndex((group) => isWithin(cards, group.cards));
    const known = groups[stronger];
    if (known === undefined)
      groups.push({ dispute: disputeIdOf(kind, hash), kind, hash, hashes: [hash], cards });
    else groups[stronger] = { ...known, hashes: [...known.hashes, hash] };
  }
  return groups;
}

function addTo(map: Map<string, Set<string>>, key: string, value: string): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, new Set([value]));
  else known.add(value);
}

/** Whether cards are known to be different GPUs by their own word. */
function areOfBoard(
  cards: ReadonlyMap<string, number>,
  uuids: ReadonlyMap<string, ReadonlySet<string>>,
): boolean {
  const known = [...cards].flatMap(([device, card]) => [...(uuids.get(`${device}/${card}`) ?? [])]);
  return new Set(known).size > 1;
}

const byStrength = (
  a: { kind: ComponentKind; hash: string },
  b: { kind: ComponentKind; hash: string },
): number => strength.indexOf(a.kind) - strength.indexOf(b.kind) || (a.hash < b.hash ? -1 : 1);

const isWithin = (cards: ReadonlyMap<string, number>, others: ReadonlyMap<string, number>): boolean =>
  [...cards].every(([device, card]) => others.get(device) === card);
