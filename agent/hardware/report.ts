import { componentHash } from '../../protocol/fingerprint.js';
import type {
  ComponentKind,
  HardwareReport,
  ReportedCard,
  ReportedHost,
} from '../../protocol/messages/hardware.js';
import type { RawId } from './source.js';

/** All that the sources of a machine say, merged, with the values that must not leave it. */
export interface RawReport {
  readonly host: ReportedHost;
  readonly cards: readonly ReportedCard[];
  /** `card` is the place in `cards`; null for the host's own. */
  readonly ids: readonly (RawId & { readonly card: number | null })[];
  readonly unread: readonly string[];
}

/** A report as it leaves the host. @param key the network's `fingerprintKey`, 32 bytes */
export function sealReport({ host, cards, ids, unread }: RawReport, key: Uint8Array): HardwareReport {
  return {
    version: 1,
    host,
    cards: [...cards],
    components: ids.map((id) => ({
      kind: kindOf(id, cards),
      card: id.card,
      // Of what it is, split or not: who splits a card is found by its hash all the same.
      hash: componentHash(key, id.kind, id.value),
    })),
    unread: [...unread],
  };
}

/** Two hosts that each have a slice of one GPU both see its id, and neither claims it. A slice has an id of its own. */
function kindOf({ kind, card, value }: RawReport['ids'][number], cards: RawReport['cards']): ComponentKind {
  const isSplit = card !== null && cards[card]?.mig === true;
  return isSplit && !/^mig-/i.test(value.trim()) ? 'gpu-parent' : kind;
}
