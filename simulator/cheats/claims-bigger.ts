import type { ClaimedName } from '../claims.js';
import type { ChipPlan } from '../plan.js';

/** A slow chip whose owner has edited its name: every answer is right, only later than the claimed card's. */
export function claimsBigger(
  name: string,
  claims: ClaimedName,
  chip: Pick<ChipPlan, 'opsPerSecond' | 'memoryBytes'>,
): ChipPlan {
  return { ...chip, identities: [{ name, claims }] };
}
