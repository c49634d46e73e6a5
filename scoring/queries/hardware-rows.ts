import type { DisputeMovedFact, HardwareReportedFact } from '../facts/hardware.js';
import { type Placed, seconds } from './placed.js';

export function hardwareRow([fact, position]: Placed<HardwareReportedFact>): object {
  return {
    id: fact.id,
    device: fact.device,
    at: seconds(fact.at),
    position,
    cards: fact.report.cards.length,
    codes: fact.findings.map(({ code }) => code),
    severities: fact.findings.map(({ severity }) => severity),
  };
}

/** One row for each identifying value. */
export const componentRows = ([{ id, device, at, report }]: Placed<HardwareReportedFact>): object[] =>
  report.components.map(({ kind, card, hash }) => ({
    kind,
    hash,
    device,
    report: id,
    at: seconds(at),
    card,
    claim: card === null ? null : (report.cards[card]?.claim ?? null),
  }));

export function disputeRow([fact, position]: Placed<DisputeMovedFact>): object {
  const { id, dispute, at, componentKind: kind, hash, state, claimants, keeper, losers, trials } = fact;
  const devices = claimants.map(({ device }) => device);
  const row = { id, dispute, at: seconds(at), position, kind, hash, state };
  return { ...row, claimants: devices, keeper, losers, trials: trials.length };
}
