import type { ComponentKind, Finding } from '../../../protocol/messages/hardware.js';
import { finding } from '../finding.js';
import { sameName, tellingName } from '../identity.js';
import type { KnownHardware } from '../known.js';
import type { CardView, ReadReport } from '../view.js';

/** The form of one card's ids. */
export function formOfIds({ card, at }: CardView): Finding[] {
  const found: Finding[] = [];
  if (card.uuidForm === 'malformed' || card.uuidForm === 'zero')
    found.push(finding('hardware.uuid-malformed', 'evidence', at, { form: card.uuidForm }));
  if (card.serialForm === 'zero') found.push(finding('hardware.serial-zero', 'note', at));
  return found;
}

/** One UUID, or one PDI, on several cards. */
export function repeatedUuids({ components }: ReadReport, views: readonly CardView[]): Finding[] {
  const groups = [...groupsOf(components, 'gpu-uuid'), ...groupsOf(components, 'gpu-pdi')];
  const repeated = new Set(groups.filter((cards) => cards.length > 1).flat());
  return [...repeated]
    .filter((at) => views.some((view) => view.at === at))
    .toSorted((a, b) => a - b)
    .map((at) => finding('hardware.uuid-repeated', 'evidence', at, { cards: repeated.size }));
}

/** One place on the bus with several cards of the driver's. Slices are no cards of their own there. */
export function repeatedPlaces(_: ReadReport, views: readonly CardView[]): Finding[] {
  const placed = views.filter(({ card }) => card.source === 'nvidia-smi' && card.bus !== null);
  return placed.flatMap(({ card, at }) => {
    const cards = placed.filter((other) => other.card.bus === card.bus).length;
    return cards > 1 ? [finding('hardware.bus-repeated', 'evidence', at, { bus: card.bus, cards })] : [];
  });
}

/**
 * One serial on several cards: only boards with several GPUs share theirs. It counts where the cards themselves say that they
 * are no such board, where they are different models, or where no board has so many GPUs.
 */
export function repeatedSerials(
  { components }: ReadReport,
  views: readonly CardView[],
  known: KnownHardware,
): Finding[] {
  return groupsOf(components, 'gpu-serial').flatMap((cards) => {
    const own = cards
      .flatMap((at) => views.find((view) => view.at === at) ?? [])
      .filter(({ card }) => card.serialForm !== 'zero');
    if (own.length < 2 || isBoard(own, known)) return [];
    return own.map(({ at }) => finding('hardware.serial-repeated', 'evidence', at, { cards: own.length }));
  });
}

function isBoard(views: readonly CardView[], known: KnownHardware): boolean {
  const names = views.flatMap(({ card }) => tellingName(card.name) ?? []);
  const [first] = names;
  if (first !== undefined && names.some((name) => !sameName(name, first))) return false;
  if (views.length > known.boardsOfSeveral.most) return false;
  return views.every((view) => view.card.multiGpuBoard !== false || isOfSeveral(view, known));
}

const isOfSeveral = ({ card, models }: CardView, { boardsOfSeveral }: KnownHardware): boolean => {
  const name = tellingName(card.name);
  return (
    models.some(({ gpusPerBoard }) => gpusPerBoard > 1) ||
    (name !== null && boardsOfSeveral.names.some((one) => sameName(one, name)))
  );
};

/** Places of the cards that carry each value of this kind, each card once. */
function groupsOf(components: ReadReport['components'], kind: ComponentKind): number[][] {
  const cards = new Map<string, Set<number>>();
  for (const one of components) {
    if (one.kind !== kind || one.card === null) continue;
    cards.set(one.hash, (cards.get(one.hash) ?? new Set()).add(one.card));
  }
  return [...cards.values()].map((places) => [...places]);
}
