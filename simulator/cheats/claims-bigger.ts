import type { ChipFigures } from '../chip.js';
import type { ClaimedModel } from '../claims.js';
import type { ChipPlan } from '../plan.js';

/** A slow chip whose owner has edited its name: every answer is right, only later than the claimed card's. */
export function claimsBigger(name: string, claims: ClaimedModel, chip: ChipFigures): ChipPlan {
  return { ...chip, identities: [{ name, claims }] };
}
