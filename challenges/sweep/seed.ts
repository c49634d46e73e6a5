import { hash } from 'node:crypto';
import { concat, fromHex, u32 } from '../../protocol/bytes.js';

const utf8 = new TextEncoder();
const label = utf8.encode('touchstone/v1/sweep-seed');
const noBeacon = new Uint8Array(32);

/** What a seed is for: the compute part, the table of the memory part, the walk on it. */
export type SweepSeedPurpose = 'compute' | 'table' | 'walk';
const purposes: Record<SweepSeedPurpose, number> = { compute: 0, table: 1, walk: 2 };

export interface SweepSeedInputs {
  /** Of the sweep, 32 bytes. */
  readonly preimage: Uint8Array;
  /** Public key of the device, 64 hexadecimal digits. */
  readonly device: string;
  /** 64 hexadecimal digits; null where the sweep had none. */
  readonly beacon: string | null;
  readonly card: number;
  readonly purpose: SweepSeedPurpose;
}

/**
 * The seed of one card in a sweep (docs/sweeps.md):
 * `SHA-256(utf8("touchstone/v1/sweep-seed") ‖ preimage ‖ device ‖ beacon ‖ u32(card) ‖ u32(purpose))`, 32 bytes each but the
 * label and the two numbers; without a beacon 32 zero bytes; purpose 0 compute, 1 table, 2 walk. Only the first attempt of each
 * has such a seed: whoever is asked again is asked outside the sweep.
 */
export const sweepSeed = ({ preimage, device, beacon, card, purpose }: SweepSeedInputs): Uint8Array =>
  hash(
    'sha256',
    concat(
      label,
      preimage,
      fromHex(device),
      beacon === null ? noBeacon : fromHex(beacon),
      u32(card),
      u32(purposes[purpose]),
    ),
    'buffer',
  );
