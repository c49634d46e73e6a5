import type { DeviceDocument } from '../verifier/documents/schemas.js';
import type { TableRow } from './table.js';
import type { Standing } from './verdict.js';

/** What the public document of a device says of it as a whole. The class is that of its first card. */
export function standingOf(document: DeviceDocument): Standing {
  return {
    status: document.status,
    class: document.cards[0]?.class ?? null,
    reasons: document.reasons.map(({ code }) => code),
  };
}

/** The same for the table, with the figures of the card that fell short, or of the first. */
export function rowOf(document: DeviceDocument): TableRow {
  const checks = document.cards.flatMap(({ lastExam }) => lastExam?.checks ?? []);
  const rates = checks.filter(({ check }) => check === 'compute.rate');
  const rate = rates.find(({ verdict }) => verdict === 'fail') ?? rates[0];
  return {
    name: document.name,
    claims: document.cards.map(({ model }) => model).join(' + '),
    measured: rate?.measured ?? null,
    required: rate?.required ?? null,
    ...standingOf(document),
  };
}
