import { createHash } from 'node:crypto';
import type { CapturedHost } from '../../agent/hardware/captures.js';
import { reportOf } from '../../agent/hardware/read-machine.js';
import { sealReport } from '../../agent/hardware/report.js';
import type { Component, Finding, ReportedCard, ReportedHost } from '../../protocol/messages/hardware.js';
import { findIn } from '../../scoring/hardware/find.js';
import type { KnownHardware } from '../../scoring/hardware/known.js';

/** What captures say. All lists are in the order of `hosts`; `card` is a place among the cards of its host. */
export interface Inspection {
  readonly cards: readonly ({ readonly host: string; readonly card: number } & ReportedCard)[];
  readonly fingerprint: {
    /** `inspection`, or the origin of the network whose key the hashes are made with. */
    readonly key: string;
    readonly components: readonly ({ readonly host: string } & Component)[];
  };
  readonly findings: readonly ({ readonly host: string } & Finding)[];
  readonly hosts: readonly ({
    readonly host: string;
    readonly files: readonly string[];
    readonly unread: readonly string[];
  } & ReportedHost)[];
}

/** What ids are hashed with. */
export interface HashKey {
  /** As `fingerprint.key` names it. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * For hashes that no network sees: known to everybody, so that two people who inspect the same captures get the same. Whoever
 * has such a hash can try values.
 */
export const inspectionKey: HashKey = {
  name: 'inspection',
  bytes: createHash('sha256').update('touchstone/v1/inspection').digest(),
};

/** Raw ids are in none of it. The same captures and the same key give the same, to the byte. */
export function inspect(captured: readonly CapturedHost[], key: HashKey, known: KnownHardware): Inspection {
  const read = captured.map((one) => {
    const report = sealReport(reportOf(one), key.bytes);
    return { host: one.name, files: one.files, report, findings: findIn(report, null, known) };
  });
  return {
    cards: read.flatMap(({ host, report }) => report.cards.map((one, card) => ({ host, card, ...one }))),
    fingerprint: {
      key: key.name,
      components: read.flatMap(({ host, report }) => report.components.map((one) => ({ host, ...one }))),
    },
    findings: read.flatMap(({ host, findings }) => findings.map((one) => ({ host, ...one }))),
    hosts: read.map(({ host, files, report }) => ({ host, files, ...report.host, unread: report.unread })),
  };
}
