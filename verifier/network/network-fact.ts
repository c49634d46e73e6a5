import { median, megabitsPerSecond } from '../../challenges/network/throughput.js';
import { type Code, codeTable } from '../../protocol/codes/table.js';
import type { Check } from '../../protocol/status.js';
import type { NetworkFact } from '../../scoring/facts/facts.js';
import type { TransferResult } from './transfer-end.js';

/** What was measured of one line. */
export interface NetworkMeasurement {
  /** Milliseconds; those that were answered. */
  readonly roundTrips: readonly number[];
  readonly download: TransferResult;
  readonly upload: TransferResult;
}

/** What goes on record of a network exam. It measures: no check of it is ever judged. */
export function networkFact(
  ids: Pick<NetworkFact, 'id' | 'at' | 'device' | 'exam'>,
  { roundTrips, download, upload }: NetworkMeasurement,
): NetworkFact {
  const roundTripMinMs = roundTrips.length > 0 ? Math.min(...roundTrips) : null;
  const roundTripMedianMs = median(roundTrips);
  const downloadMbps = rateOf(download, roundTripMinMs);
  const uploadMbps = rateOf(upload, roundTripMinMs);
  const answered: Code = roundTripMedianMs === null ? 'network.no-transfer' : 'network.measured';
  return {
    kind: 'network.measured',
    ...ids,
    roundTripMinMs,
    roundTripMedianMs,
    roundTrips: roundTrips.length,
    downloadBytes: download.bytes,
    downloadMbps,
    uploadBytes: upload.bytes,
    uploadMbps,
    checks: [
      check('network.round-trip', roundTripMedianMs, 'at most', 'ms', answered),
      check('network.download', downloadMbps, 'at least', 'Mbit/s', codeOf(download)),
      check('network.upload', uploadMbps, 'at least', 'Mbit/s', codeOf(upload)),
    ],
  };
}

function rateOf(transfer: TransferResult, roundTripMs: number | null): number | null {
  if (codeOf(transfer) !== 'network.measured') return null;
  return megabitsPerSecond(transfer.bytes, transfer.elapsedMs, roundTripMs);
}

function codeOf({ bytes, wrong }: TransferResult): Code {
  if (wrong) return 'network.wrong-bytes';
  return bytes > 0 ? 'network.measured' : 'network.no-transfer';
}

function check(
  name: string,
  measured: number | null,
  relation: Check['relation'],
  unit: string,
  code: Code,
): Check {
  const { fix } = codeTable[code];
  return { check: name, measured, required: null, relation, unit, verdict: 'not judged', code, fix };
}
