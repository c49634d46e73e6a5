import { createHash } from 'node:crypto';
import { u32 } from '../../protocol/bytes.js';

const label = new TextEncoder().encode('round');
const zeros = new Uint8Array(32);

/**
 * `s_k = H(seed ‖ "round" ‖ u32(k) ‖ root_{k-1})`, 32 bytes (docs/protocol.md section 1).
 * @param previousRoot 32 bytes; null for round 0, which has zeros in its place
 */
export function roundSeed(seed: Uint8Array, round: number, previousRoot: Uint8Array | null): Uint8Array {
  return createHash('sha256')
    .update(seed)
    .update(label)
    .update(u32(round))
    .update(previousRoot ?? zeros)
    .digest();
}
