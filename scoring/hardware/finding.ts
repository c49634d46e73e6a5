import { hardwareFindingCodes } from '../../protocol/codes/hardware.js';
import type { Finding, FindingSeverity } from '../../protocol/messages/hardware.js';

export type FindingCode = keyof typeof hardwareFindingCodes;

/**
 * One finding, with what its code says is to be done.
 * @param card place in the report's `cards`; null for the host
 * @param evidence what was read and what it was held against; no identifying values
 */
export function finding(
  code: FindingCode,
  severity: FindingSeverity,
  card: number | null,
  evidence: Finding['evidence'] = {},
): Finding {
  return { code, severity, card, evidence, fix: hardwareFindingCodes[code].fix };
}
