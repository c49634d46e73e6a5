import type { DeviceDocument } from '../verifier/documents/schemas.js';
import type { Figure, TableRow } from './table.js';
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
  const figureOf = (name: string): Figure | null => {
    const some = checks.filter(({ check }) => check === name);
    return some.find(({ verdict }) => verdict === 'fail') ?? some[0] ?? null;
  };
  return {
    name: document.name,
    claims: document.cards.map(({ model }) => model).join(' + '),
    rate: figureOf('compute.rate'),
    bandwidth: figureOf('memory.bandwidth'),
    ...standingOf(document),
  };
}
