import type { DisputeMovedFact } from '../../scoring/facts/hardware.js';

/** Two claimants that are not known to be two cards. */
export interface OpenQuestion {
  readonly devices: readonly [earlier: string, later: string];
  /** Joint exams of the last trials in which both were let go. */
  readonly joint: number;
  /** `together`: they have not been asked at one instant yet. */
  readonly needs: 'together' | 'trials';
}

/** What of a dispute is open: each claimant that is held, with each that came before it and has not passed beside it. */
export function openQuestions({ state, claimants, held, trials }: DisputeMovedFact): OpenQuestion[] {
  if (state !== 'open') return [];
  return claimants.flatMap(({ device: later }, place) =>
    claimants.slice(0, place).flatMap(({ device: earlier }): OpenQuestion[] => {
      if (!held.includes(later) && !held.includes(earlier)) return [];
      const both = (devices: readonly string[]) => devices.includes(earlier) && devices.includes(later);
      if (trials.some(({ passed }) => both(passed))) return [];
      const joint = trials.filter(({ went }) => both(went)).length;
      return [{ devices: [earlier, later], joint, needs: joint === 0 ? 'together' : 'trials' }];
    }),
  );
}
