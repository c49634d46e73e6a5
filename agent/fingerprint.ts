import { fromHex } from '../protocol/bytes.js';
import { TouchstoneError } from '../protocol/error.js';
import type { Component, HardwareReport } from '../protocol/messages/hardware.js';
import { findCandidates } from './cards/find.js';
import { VerifierApi } from './connection/api.js';
import { withClaims } from './hardware/claimed.js';
import { readMachine } from './hardware/read-machine.js';
import { type RawReport, sealReport } from './hardware/report.js';
import { documentLines } from './ui/document.js';

/** A report as it would be sent; without the network's key its hashes are not known. */
export type ShownReport = Omit<HardwareReport, 'components'> & {
  readonly components: readonly (Omit<Component, 'hash'> & { readonly hash: string | null })[];
};

export interface Fingerprint {
  /** `hardware` of an enrolment. */
  readonly report: ShownReport;
  /** Why no hashes are shown; null where they are. */
  readonly noKey: string | null;
}

/** What an agent on this machine sends to a verifier, read now. */
export async function readFingerprint(verifier: URL): Promise<Fingerprint> {
  const [raw, candidates, key] = await Promise.all([
    readMachine(),
    findCandidates({ allowSoftware: false }),
    keyOf(verifier),
  ]);
  const claimed = candidates.map(({ card, bus }) => ({ claim: { ...card, engine: null }, bus }));
  return shownReport(withClaims(raw, claimed), key);
}

/** @param key the network's, or why there is none */
export function shownReport(report: RawReport, key: Uint8Array | string): Fingerprint {
  if (typeof key !== 'string') return { report: sealReport(report, key), noKey: null };
  const sealed = sealReport(report, new Uint8Array(32));
  const components = sealed.components.map((component) => ({ ...component, hash: null }));
  return { report: { ...sealed, components }, noKey: key };
}

async function keyOf(verifier: URL): Promise<Uint8Array | string> {
  try {
    const { fingerprintKey } = await new VerifierApi(verifier).verifier();
    return fingerprintKey === undefined
      ? `${verifier.origin} takes no reports yet: an agent sends it nothing of this, and no ids of cards.`
      : fromHex(fingerprintKey);
  } catch (error) {
    if (!(error instanceof TouchstoneError)) throw error;
    return `${error.message.replace(/\.?$/, '.')} Without its key the hashes can't be shown, only of what they are.`;
  }
}

/** For people: every field, then of what hashes are sent. */
export function fingerprintLines({ report: { components, ...said }, noKey }: Fingerprint): string[] {
  const ids = components.map(({ kind, card, hash }) => {
    const where = card === null ? 'host' : `card ${card}`;
    return `  ${where.padEnd(8)} ${kind.padEnd(14)} ${hash ?? '(hash)'}`;
  });
  return [
    ...documentLines(said),
    'components:',
    ...(ids.length === 0 ? ['  (none)'] : ids),
    '',
    'This is all that is said of this machine. Ids leave it as hashes by the key of the network: equal ones can be told, none can be read.',
    ...(noKey === null ? [] : [noKey]),
  ];
}
