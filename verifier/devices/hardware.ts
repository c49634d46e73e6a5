import type { CardClaim } from '../../protocol/messages/cards.js';

/**
 * Whether two claims are about the same cards. A new driver or another engine is no new hardware; a card that no engine
 * could examine before, or can't any more, is: else cards could take turns to be the examined one. So is one whose memory
 * can be examined now: its class is another.
 */
export function sameHardware(a: readonly CardClaim[], b: readonly CardClaim[]): boolean {
  return JSON.stringify(a.map(hardware)) === JSON.stringify(b.map(hardware));
}

const hardware = ({ kind, model, memoryBytes, hardwareId, engine, memoryEngine = null }: CardClaim) => [
  kind,
  model,
  memoryBytes,
  hardwareId,
  engine !== null,
  memoryEngine !== null,
];
