import type { Finding, FindingSeverity } from '../../protocol/messages/hardware.js';
import { finding } from '../../scoring/hardware/finding.js';
import type { HardwareRecord } from '../../scoring/queries/hardware.js';
import { type Clones, mostClones } from '../../scoring/queries/hardware-clones.js';
import { reasonOf } from './reason.js';
import type { FindingDocument } from './schemas.js';

const gravest: readonly FindingSeverity[] = ['refusal', 'evidence', 'note'];

const follows: { readonly [severity in FindingSeverity]: string } = {
  refusal: 'The device is not verified as long as it says so.',
  evidence:
    'Nothing is rejected by it. A verified device is asked in a joint exam within a day, and what it answers decides.',
  note: 'Nothing follows from it.',
};

/** What was found in a device's latest report, the gravest first, in words. @param claims of each card of the report */
export function findingDocuments(
  findings: readonly Finding[],
  claims: HardwareRecord['claims'],
): FindingDocument[] {
  return findings
    .toSorted((a, b) => gravest.indexOf(a.severity) - gravest.indexOf(b.severity))
    .map(({ code, severity, card, evidence, fix }) => {
      const { title, detail } = reasonOf(code);
      return {
        code,
        severity,
        title,
        detail,
        card,
        claim: card === null ? null : (claims[card] ?? null),
        evidence,
        read: inWords(evidence),
        follows: follows[severity],
        fix,
      };
    });
}

/** That a machine's system is a copy of others'; none where it is alone. */
export function cloneFindings(clones: readonly Clones[]): Finding[] {
  if (clones.length === 0) return [];
  const others = new Set(clones.flatMap(({ devices }) => devices)).size;
  const shared = [...new Set(clones.map(({ kind }) => kind))].join(', ');
  const devices = others >= mostClones ? `${mostClones} or more` : others;
  return [finding('hardware.cloned-image', 'note', null, { shared, devices })];
}

/** `name: NVIDIA L4, totalMiB: 12282`; what is not known is left out. */
const inWords = (evidence: Finding['evidence']): string =>
  Object.entries(evidence)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ');
