import type { ChipFigures } from '../chip.js';
import type { ClaimedModel } from '../claims.js';
import type { ChipPlan } from '../plan.js';

/**
 * One chip sold as several: each identity has a key, a name and a hardware id of its own, and alone each would pass.
 *
 * @param share how the owner lets them share; `first identity first` gives up the rest for one that passes
 */
export function sharedChip(
  names: readonly string[],
  claims: ClaimedModel,
  chip: ChipFigures,
  share: 'evenly' | 'first identity first' = 'evenly',
): ChipPlan {
  return { ...chip, share, identities: names.map((name) => ({ name, claims })) };
}
