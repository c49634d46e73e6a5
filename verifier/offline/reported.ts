import type { OfflineReasonCode } from '../../protocol/codes/table.js';
import type { OfflineReport } from '../../protocol/messages/offline.js';
import { fastestRate, timeOf } from './credit.js';
import type { Outage } from './outages.js';
import type { IssuedChain } from './token.js';

/** What a device says that it solved in an outage. Milliseconds since 1970 UTC. */
export interface Reported {
  readonly device: string;
  readonly chain: IssuedChain;
  readonly report: OfflineReport;
  readonly outage: Outage;
  readonly reportedAt: number;
}

/** A report of another form than the chain has is refused, and may be sent again; null where it fits. */
export function refusalOf(
  chain: IssuedChain,
  { links, cards }: OfflineReport,
): Extract<OfflineReasonCode, 'offline.wrong-key'> | 'offline.not-asked' | null {
  const sameCards =
    cards.length === chain.cards.length && cards.every(({ card }, at) => card === chain.cards[at]?.card);
  if (!sameCards) return 'offline.not-asked';
  return links > chain.links ? 'offline.wrong-key' : null;
}

/** The outage as far as the chain can show it: who was handed it was there at that time. */
export function shownOutage(outage: Outage, { issuedAt }: IssuedChain): Outage {
  return { ...outage, from: Math.min(Math.max(outage.from, issuedAt), outage.to) };
}

/** What can be said against a report before anything is asked or computed; null where it is worth a check. */
export function faultOf(
  { chain, report, outage, reportedAt }: Reported,
  rate: number,
  chainEveryMs: number,
): OfflineReasonCode | null {
  const work = report.links * chain.squarings;
  const outageMs = outage.to - outage.from;
  if (Math.min(outageMs, timeOf(work, rate)) < timeOf(chain.squarings, rate)) return 'offline.too-short';
  // The newest chain may have been lost with the line: the one before it is as good.
  if (chain.issuedAt < outage.lastSign - 2 * chainEveryMs) return 'offline.chain-stale';
  // What was solved of it may have counted already: after a verdict each device is given a new one.
  if (outage.shownTo !== null && chain.issuedAt < outage.shownTo) return 'offline.chain-stale';
  if (work > (fastestRate * (reportedAt - chain.issuedAt)) / 1000) return 'offline.too-fast';
  return null;
}
