import type { TableShape, TableSource } from '../engines/table.js';
import { networkFromSeed } from '../pages/network.js';
import { roundSeed } from '../pages/rounds.js';
import { startVectors } from '../pages/start.js';
import { coefficients } from './keys.js';

/** What a table is made of: all that follows from its 32-byte seed (docs/protocol.md section 3). */
export function tableSource(
  { n, layers, banks, bankPages }: Pick<TableShape, 'n' | 'layers' | 'banks' | 'bankPages'>,
  tableSeed: Uint8Array,
): TableSource {
  return {
    network: networkFromSeed(tableSeed, n, layers),
    start: startVectors(tableRoundSeed(tableSeed), n, banks * bankPages),
    coefficients: coefficients(tableSeed, n),
  };
}

/** A table has one round only: `s_0` of section 1, with zeros for a root before it. */
export function tableRoundSeed(tableSeed: Uint8Array): Uint8Array {
  return roundSeed(tableSeed, 0, null);
}
