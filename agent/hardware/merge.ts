import { limits } from '../../protocol/limits.js';
import { HardwareReport } from '../../protocol/messages/hardware.js';
import { cutTo } from './cut.js';
import { mergeCards, withoutRepeats } from './merge-cards.js';
import { mergeHosts } from './merge-host.js';
import type { RawReport } from './report.js';
import type { SourceFacts } from './source.js';

/** What one source said. */
export interface ReadSource {
  /** The source's name. */
  readonly name: string;
  readonly facts: SourceFacts;
}

/**
 * What several sources say of one machine, made one report: whatever they say, it fits the messages once it is sealed.
 *
 * @param read best source first
 * @param unread what could not be read, and why, such as `dmi: permission denied`
 */
export function mergeFacts(read: readonly ReadSource[], unread: readonly string[] = []): RawReport {
  const merged = mergeCards(read.map(({ name, facts }) => ({ source: name, cards: facts.cards ?? [] })));
  const cards = merged.slice(0, limits.cards);
  const ids = [
    ...cards.flatMap((one, card) => one.ids.map((id) => ({ ...id, card }))),
    ...withoutRepeats(read.flatMap(({ facts }) => facts.ids ?? [])).map((id) => ({ ...id, card: null })),
  ];
  return {
    host: mergeHosts(read.map(({ facts }) => facts.host ?? {})),
    cards: cards.map(({ card }) => card),
    ids: ids.slice(0, limits.components),
    unread: cutTo(HardwareReport.properties.unread, [...new Set(unread)]) ?? [],
  };
}
