import { createHash } from 'node:crypto';
import { u32 } from '../../protocol/bytes.js';
import { stream } from '../stream.js';

const label = new TextEncoder().encode('walk');
const zeros = new Uint8Array(32);

/**
 * `s_r = H(walkSeed ‖ "walk" ‖ u32(r) ‖ root_{r-1})`, 32 bytes (docs/protocol.md section 3).
 * @param previousRoot 32 bytes; null for round 0, which has zeros in its place
 */
export function walkRoundSeed(
  walkSeed: Uint8Array,
  round: number,
  previousRoot: Uint8Array | null,
): Uint8Array {
  return createHash('sha256')
    .update(walkSeed)
    .update(label)
    .update(u32(round))
    .update(previousRoot ?? zeros)
    .digest();
}

/** `k[0..7]` of a round: the eight u32 of its seed (see `walkRoundSeed`). */
export function walkKeys(walkSeed: Uint8Array, round: number, previousRoot: Uint8Array | null): Uint32Array {
  return words(walkRoundSeed(walkSeed, round, previousRoot));
}

/** `C` of a table: word `i` of `stream(seed, "coefficients")` with its lowest bit set, `n / 4` u32. */
export function coefficients(tableSeed: Uint8Array, n: number): Uint32Array {
  return words(stream(tableSeed, 'coefficients', 0, n)).map((word) => word | 1);
}

/** Little-endian u32 on any machine. */
function words(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(i * 4, true));
}
