import { hash } from 'node:crypto';
import { concat, fromHex, toHex } from '../../protocol/bytes.js';

const utf8 = new TextEncoder();
const drawLabel = utf8.encode('touchstone/v1/sweep-draw');
const listLabel = utf8.encode('touchstone/v1/sweep-eligible');

/**
 * A device's rank in the draw of a sweep, 64 hexadecimal digits:
 * `SHA-256(utf8("touchstone/v1/sweep-draw") ‖ preimage ‖ device)`. Each device has the same chance to be among the lowest, and
 * can see afterwards by its own key whether it should have been drawn.
 */
export const sweepRank = (preimage: Uint8Array, device: string): string =>
  toHex(hash('sha256', concat(drawLabel, preimage, fromHex(device)), 'buffer'));

/** Devices in the order in which they are drawn. Those that are named twice are drawn once. */
export function drawOrder(preimage: Uint8Array, devices: readonly string[]): string[] {
  const ranked = [...new Set(devices)].map((device) => ({ device, rank: sweepRank(preimage, device) }));
  return ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1)).map(({ device }) => device);
}

/** Hash over the devices that could have been drawn, in the order of their ids: 64 hexadecimal digits. */
export const eligibleHash = (devices: readonly string[]): string =>
  toHex(hash('sha256', concat(listLabel, ...[...new Set(devices)].sort().map(fromHex)), 'buffer'));
