import { type CardSource, type MigSlice, ReportedCard } from '../../protocol/messages/hardware.js';
import { cutTo, fieldsThatFit } from './cut.js';
import type { RawCard, RawId } from './source.js';

/** The cards that one source says, under the source's name. */
export interface CardsOfSource {
  readonly source: string;
  readonly cards: readonly RawCard[];
}

export interface MergedCard {
  readonly card: ReportedCard;
  /** Equal ones once. */
  readonly ids: readonly RawId[];
}

/** One source's word on one card. */
interface Word {
  /** Place of its source in the order of precedence. */
  readonly rank: number;
  /** Place of the card within its source. */
  readonly at: number;
  readonly source: string;
  readonly card: RawCard;
  readonly bus: string | null;
  readonly uuid: string | null;
}

/**
 * Every card once that several sources know: by its place on the bus, else by its UUID, else by its name and its place among
 * equal names. Two words of one source are two cards, whatever they say: a source that shows one id twice must be seen to.
 *
 * @param read best source first: it describes a card, the others fill in what it doesn't know
 * @returns cards in the order of the best source that knows them, all of them
 */
export function mergeCards(read: readonly CardsOfSource[]): MergedCard[] {
  const words = read.flatMap(({ source, cards }, rank) =>
    cards.map((said, at): Word => {
      const card = { ...fieldsThatFit(ReportedCard, said), ids: said.ids };
      return { rank, at, source, card, bus: plainBus(card.bus), uuid: uuidOf(card) };
    }),
  );
  const groups: Word[][] = [];
  // Who knows both keys goes first: the others find their card by either one then, in whatever order they were read.
  for (const word of [...words].sort((a, b) => keys(b) - keys(a))) {
    const free = groups.filter((members) => members.every(({ rank }) => rank !== word.rank));
    const same = keys(word) > 0 ? [sameBus, sameUuid] : [sameName];
    const group = same.map((is) => free.find((members) => is(word, members))).find(Boolean);
    if (group) group.push(word);
    else groups.push([word]);
  }
  return groups
    .map((members) => members.sort((a, b) => a.rank - b.rank || a.at - b.at))
    .sort(([a], [b]) => (a?.rank ?? 0) - (b?.rank ?? 0) || (a?.at ?? 0) - (b?.at ?? 0))
    .map(merged);
}

const keys = ({ bus, uuid }: Word): number => Number(bus !== null) + Number(uuid !== null);

const sameBus = ({ bus }: Word, group: readonly Word[]): boolean =>
  bus !== null && group.some((other) => other.bus === bus);

/** Not where the bus says that they are two: one id in two places has to stay visible. */
const sameUuid = ({ bus, uuid }: Word, group: readonly Word[]): boolean =>
  uuid !== null &&
  group.some((other) => other.uuid === uuid) &&
  (bus === null || group.every((other) => other.bus === null || other.bus === bus));

const sameName = ({ card }: Word, group: readonly Word[]): boolean => {
  const name = plainName(card.name);
  return name !== null && group.some((other) => plainName(other.card.name) === name);
};

/** Older drivers leave the maker out. */
export const plainName = (name: string | null | undefined): string | null =>
  name
    ?.trim()
    .toLowerCase()
    .replace(/^nvidia /, '') || null;

/** `0000:65:00.0`: NVIDIA's tools write the domain with eight digits. */
export const plainBus = (bus: string | null | undefined): string | null =>
  bus
    ?.trim()
    .toLowerCase()
    .replace(/^0000(?=[0-9a-f]{4}:)/, '') || null;

/** The GPU's own, not those of its slices. */
const uuidOf = ({ ids }: RawCard): string | null =>
  ids
    .filter(({ kind }) => kind === 'gpu-uuid')
    .map(({ value }) => value.trim().toLowerCase())
    .find((value) => value !== '' && !value.startsWith('mig-')) ?? null;

function merged(members: readonly Word[]): MergedCard {
  const fields = Object.fromEntries(
    Object.keys(ReportedCard.properties).map((field) => [field, firstKnown(members, field as keyof RawCard)]),
  );
  const [best] = members;
  const bus = best?.bus ?? members.find((one) => one.bus !== null)?.bus ?? null;
  const migSlices = slicesOf(members.map(({ card }) => card.migSlices ?? []));
  const card = cutTo(ReportedCard, {
    ...fields,
    bus,
    migSlices,
    claim: null,
    source: cardSourceOf(best?.source ?? ''),
  });
  if (card === undefined) throw new TypeError('A card of a report has a field that cannot say "not known".');
  return { card, ids: withoutRepeats(members.flatMap((member) => member.card.ids)) };
}

const firstKnown = (members: readonly Word[], field: keyof RawCard): unknown =>
  members.map(({ card }) => card[field]).find((value) => value !== undefined && value !== null);

/** One source knows the names of slices and another their memory: they list them in the same order. */
function slicesOf(lists: readonly (readonly MigSlice[])[]): MigSlice[] {
  const [first = [], ...others] = lists.filter((list) => list.length > 0);
  const same = others.filter((list) => list.length === first.length);
  return first.map((slice, at) => {
    const all = [slice, ...same.map((list) => list[at])];
    const known = <K extends keyof MigSlice>(field: K) => all.map((one) => one?.[field] ?? null);
    return {
      profile: known('profile').find((value) => value !== null) ?? null,
      memoryMiB: known('memoryMiB').find((value) => value !== null) ?? null,
      sms: known('sms').find((value) => value !== null) ?? null,
    };
  });
}

/** Names of sources that messages know; another one that shows cards reads the bus. */
function cardSourceOf(source: string): CardSource {
  if (source.startsWith('nvidia-smi')) return 'nvidia-smi';
  return cardSources.find((known) => known === source) ?? 'lspci';
}

const cardSources: readonly CardSource[] = ['rocm-smi', 'system-profiler', 'proc-nvidia', 'lspci'];

/** Values are the same whatever their case, as their hashes are. */
export function withoutRepeats<T extends RawId>(ids: readonly T[]): T[] {
  const seen = new Set<string>();
  return ids.filter(({ kind, value }) => {
    const key = `${kind}\0${value.trim().toLowerCase()}`;
    if (value.trim() === '' || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
