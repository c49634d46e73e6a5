import type { HotState } from '../state/state.js';
import { type Claim, enoughTrials, type Judgement, smallSweep, type Trial } from './dispute.js';
import type { DisputeTimes } from './times.js';

export interface AskingParts {
  readonly state: Pick<HotState, 'get' | 'put'>;
  /** In [0, 1). */
  readonly uniform: () => number;
  readonly times: DisputeTimes;
  readonly suspects: (devices: readonly string[], why: string) => Promise<string>;
}

/** How a device is there: `ready` where it could be asked now, `here` where its line is up. Said by its home, again and again. */
export type Presence = 'ready' | 'here';
const presenceKey = (device: string): string => `dispute-here/${device}`;
const askedKey = (device: string): string => `dispute-asked/${device}`;

/** Asks claimants together, as seldom as can be. What it remembers is lost with the hot state: then somebody is asked once more. */
export class Asking {
  readonly #parts: AskingParts;

  constructor(parts: AskingParts) {
    this.#parts = parts;
  }

  /** Tells the others how a device that is at home here is there. @throws `service.busy` */
  async say(device: string, presence: Presence): Promise<void> {
    const { state, times } = this.#parts;
    await state.put(presenceKey(device), presence, 3 * times.scanMs);
  }

  /** @throws `service.busy` */
  async presence(device: string): Promise<Presence | null> {
    const said = await this.#parts.state.get(presenceKey(device));
    return said === 'ready' || said === 'here' ? said : null;
  }

  /**
   * Asks for a joint exam of a dispute where one is due and at least two can be asked.
   * @param sinceMs since the last look
   * @returns the sweep; null where nobody is asked @throws `service.busy`
   */
  async ask(
    dispute: string,
    claims: readonly Claim[],
    trials: readonly Trial[],
    judgement: Judgement,
    sinceMs: number,
  ): Promise<string | null> {
    const { state, suspects, uniform, times } = this.#parts;
    const isOpen = judgement.state === 'open';
    // Who was shown to be distinct is asked again at times that nobody can foresee.
    if (!isOpen && uniform() >= sinceMs / times.againMs) return null;
    const askable: Claim[] = [];
    for (const claim of claims.filter(
      ({ device, standing }) => standing && !judgement.losers.includes(device),
    )) {
      if ((await this.presence(claim.device)) !== 'ready') continue;
      if ((await state.get(askedKey(claim.device))) === null) askable.push(claim);
    }
    const asked = choose(askable, trials, judgement);
    if (asked.length < 2) return null;
    const restMs = this.#restMs(trials, asked);
    for (const device of asked) await state.put(askedKey(device), dispute, restMs);
    return suspects(asked, `dispute ${dispute}`);
  }

  /** Longer and longer where it settles nothing: who avoids it must not keep the others busy. */
  #restMs(trials: readonly Trial[], asked: readonly string[]): number {
    const { trialMs, againMs } = this.#parts.times;
    const had = trials.filter(({ answers }) => answers.some(({ device }) => device === asked[0])).length;
    return Math.min(
      Math.max(trialMs, againMs),
      trialMs * 2 ** Math.min(20, Math.max(0, had - 2 * enoughTrials)),
    );
  }
}

/** The one with the oldest claim, and of the others those first that are still open, and were asked longest ago. */
function choose(askable: readonly Claim[], trials: readonly Trial[], { state, held }: Judgement): string[] {
  const [first, ...others] = askable.toSorted((a, b) => a.since - b.since);
  if (first === undefined) return [];
  const lastAt = (device: string): number =>
    Math.max(
      0,
      ...trials.filter(({ answers }) => answers.some((one) => one.device === device)).map(({ at }) => at),
    );
  const isSettled = ({ device }: Claim): boolean => state === 'open' && !held.includes(device);
  const chosen = others
    .toSorted((a, b) => Number(isSettled(a)) - Number(isSettled(b)) || lastAt(a.device) - lastAt(b.device))
    .slice(0, smallSweep - 1);
  return [first, ...chosen].map(({ device }) => device);
}
