import type { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { TouchstoneError } from '../../protocol/error.js';
import { attestationsSince } from '../../scoring/queries/attestations.js';
import { AttestedCards, attestedMs } from './attested-cards.js';
import { Attesting, type AttestingParts } from './attesting.js';
import { readCertificates } from './certificates.js';
import { nvidiaScheme } from './nvidia.js';

export interface Attestations {
  readonly cards: AttestedCards;
  readonly attesting: Attesting;
  /** The record is read again. */
  reload(): Promise<void>;
}

/**
 * @param parts.options.attestationRoots PEM files; nothing is attested without
 * @throws TouchstoneError `attestation.roots-unreadable`; the record's errors
 */
export async function openAttestation(
  parts: Omit<AttestingParts, 'scheme' | 'cards'> & {
    readonly options: { readonly attestationRoots: readonly string[] };
    readonly clickhouse: ClickHouseClient;
  },
): Promise<Attestations> {
  const { options, clickhouse, clock } = parts;
  const roots = (await Promise.all(options.attestationRoots.map(readRoots))).flat();
  const recent = () => attestationsSince(clickhouse, clock.now() - attestedMs);
  const cards = new AttestedCards(await recent());
  const attesting = new Attesting({
    ...parts,
    cards,
    scheme: roots.length === 0 ? null : nvidiaScheme(roots),
  });
  return { cards, attesting, reload: async () => cards.reload(await recent()) };
}

async function readRoots(path: string): Promise<X509Certificate[]> {
  try {
    return readCertificates(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new TouchstoneError(
      'attestation.roots-unreadable',
      `The roots in ${path} cannot be read.`,
      { path },
      { cause },
    );
  }
}
