import { componentHash } from '../../protocol/fingerprint.js';
import type { HardwareReport, ReportedCard, ReportedHost } from '../../protocol/messages/hardware.js';
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
    components: ids.map(({ kind, card, value }) => ({ kind, card, hash: componentHash(key, kind, value) })),
    unread: [...unread],
  };
}
