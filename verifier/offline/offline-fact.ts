import { toHex } from '../../protocol/bytes.js';
import type { Code, OfflineReasonCode } from '../../protocol/codes/table.js';
import type { OfflineVerdict } from '../../protocol/messages/offline.js';
import { noRoot } from '../../protocol/transcript.js';
import type { OfflineFact, SquaringFact } from '../../scoring/facts/timelock.js';
import type { CheckedCard } from './check.js';
import type { Reported } from './reported.js';

/** Of a message: a longer outage is told as a day. */
const longestToldMs = 24 * 3600_000;

export type CreditedCard = OfflineFact['cards'][number] & { readonly code: OfflineReasonCode };

/** A card to which nothing is credited, or not yet. */
export function uncredited(
  { report }: Reported,
  card: { readonly card: number; readonly tableSeed: string } & Partial<CheckedCard>,
  code: OfflineReasonCode,
): CreditedCard {
  const tag = report.cards.find((one) => one.card === card.card)?.tag ?? toHex(noRoot);
  const { opened = 0, right = 0 } = card;
  return {
    card: card.card,
    tableSeed: card.tableSeed,
    creditedMs: 0,
    opened,
    right,
    code,
    root: tag,
    entry: null,
  };
}

/** Of several cards the one that says most: what is credited stands before what is not. */
export function codeOf(cards: readonly CreditedCard[]): OfflineReasonCode {
  const codes = cards.map(({ code }) => code);
  const best = (['offline.credited', 'offline.capped'] as const).find((code) => codes.includes(code));
  return best ?? codes[0] ?? 'offline.no-table';
}

/** What goes on record about an outage that was shown, or was not. */
export function offlineFact(
  ids: { readonly id: string; readonly at: number },
  { device, chain, report, outage }: Reported,
  rate: number,
  code: OfflineReasonCode,
  cards: readonly CreditedCard[],
): OfflineFact {
  const { seed, issuedAt, squarings } = chain;
  const { from, to } = outage;
  return {
    kind: 'offline.shown',
    ...ids,
    device,
    seed,
    issuedAt,
    squarings,
    links: report.links,
    from,
    to,
    squaringsPerSecond: rate,
    code,
    cards: [...cards],
  };
}

/** What the device is told of it. */
export function offlineVerdict(
  { chain, outage }: Reported,
  code: Code,
  cards: readonly CreditedCard[],
): OfflineVerdict {
  const told = (ms: number) => Math.min(Math.max(0, Math.round(ms)), longestToldMs);
  return {
    type: 'offline.verdict',
    seed: chain.seed,
    outageMs: told(outage.to - outage.from),
    code,
    cards: cards.map(({ card, creditedMs, code }) => ({ card, creditedMs: told(creditedMs), code })),
  };
}

/** How fast a device squares, as it showed in a trial or by its links. */
export function squaringFact(
  ids: { readonly id: string; readonly at: number; readonly device: string },
  squarings: number,
  elapsedMs: number,
  roundTripMs: number | null,
  squaringsPerSecond: number,
): SquaringFact {
  return { kind: 'squaring.measured', ...ids, squarings, elapsedMs, roundTripMs, squaringsPerSecond };
}
