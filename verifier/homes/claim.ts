import type { Clock } from '../../protocol/clock.js';
import { TouchstoneError } from '../../protocol/error.js';
import type { HotState } from '../state/state.js';
import type { Calls } from './calls.js';
import type { Member, Membership } from './membership.js';
import type { HomeTimes } from './times.js';

/** Renewed several times before it is over, by each home. */
export const homeKeptMs = 48 * 3600_000;
/** How long "its line was lost" and "its home went away" are of use to whoever takes it. */
const noteKeptMs = 3600_000;
/** A call that was not answered for so long may be lost: asked again. */
const askAgainMs = 300;

const homeKey = (device: string): string => `home/${device}`;
const awayKey = (device: string): string => `away/${device}`;
const leftKey = (device: string): string => `left/${device}`;

/** How a device came to its home. */
export interface Claimed {
  /** `taken`: it had none. `asked`: given by another home. `forced`: its home is dead. */
  readonly how: 'taken' | 'asked' | 'forced';
  /**
   * When the verifier to which the device was connected went away, milliseconds since 1970; null where it had no line then,
   * or its line was lost for another reason.
   */
  readonly cutAt: number | null;
}

export interface ClaimOptions {
  readonly state: HotState;
  readonly clock: Clock;
  readonly times: HomeTimes;
  readonly membership: Membership;
  readonly calls: Calls;
}

/** What stands in the hot state about the home of each device: `home/<device>` is the term of a verifier. */
export class Claims {
  readonly #options: ClaimOptions;

  constructor(options: ClaimOptions) {
    this.#options = options;
  }

  /** The term of the home; null where there is none. */
  async homeOf(device: string): Promise<string | null> {
    return this.#options.state.get(homeKey(device));
  }

  /**
   * Makes `term` the home of a device. Whoever lives there is asked to let go.
   * @throws TouchstoneError `session.moving` where the other doesn't let go in time, `service.busy`
   */
  async claim(device: string, term: string): Promise<Claimed> {
    const { clock, times, membership, calls } = this.#options;
    await this.#assertStateKnown();
    const until = clock.monotonic() + times.askMs;
    for (let asked = false; ; asked = true) {
      const claimed = await this.#try(device, term, asked ? 'asked' : 'taken');
      if ('how' in claimed) return claimed;
      if (clock.monotonic() >= until || !membership.alive || membership.term !== term)
        throw new TouchstoneError('session.moving');
      await calls.ask(claimed.verifier, device, term, Math.min(askAgainMs, times.askMs));
    }
  }

  /**
   * The same where nobody lives there.
   * @param ours it was at home here a moment ago, before the hot state was lost
   * @returns null where somebody does
   */
  async claimFree(device: string, term: string, ours: boolean): Promise<Claimed | null> {
    if (!ours) await this.#assertStateKnown();
    const claimed = await this.#try(device, term, 'taken');
    return 'how' in claimed ? claimed : null;
  }

  /** Gives a device to another term, or to nobody. @returns false where it was not ours any more */
  async pass(device: string, from: string, to: string | null): Promise<boolean> {
    return this.#options.state.replace(homeKey(device), from, to, homeKeptMs);
  }

  /** Its line is lost: not by our doing. */
  async away(device: string): Promise<void> {
    await this.#options.state.put(awayKey(device), '1', noteKeptMs);
  }

  /** It has a line here. */
  async there(device: string): Promise<void> {
    await this.#options.state.take(awayKey(device));
  }

  /** We close its line, because we go. */
  async left(device: string): Promise<void> {
    await this.#options.state.put(leftKey(device), String(this.#options.clock.now()), noteKeptMs);
  }

  /** @returns the home that lives, where there is one */
  async #try(device: string, term: string, how: 'taken' | 'asked'): Promise<Claimed | Member> {
    const { state, membership } = this.#options;
    for (;;) {
      const found = await state.putIfAbsent(homeKey(device), term, homeKeptMs);
      if (found === term) return this.#claimed(device, how, null);
      const owner = (await membership.all()).find((member) => member.term === found);
      if (owner?.alive) return owner;
      const won = await state.replace(homeKey(device), found, term, homeKeptMs);
      if (won) return this.#claimed(device, 'forced', owner?.seenAt ?? null);
    }
  }

  /** A verifier that has not seen yet that the hot state was lost may be the home of any device. */
  async #assertStateKnown(): Promise<void> {
    if (await this.#options.membership.lostLately()) throw new TouchstoneError('session.moving');
  }

  async #claimed(device: string, how: Claimed['how'], diedAt: number | null): Promise<Claimed> {
    const { state } = this.#options;
    const [away, left] = await Promise.all([state.take(awayKey(device)), state.take(leftKey(device))]);
    if (left !== null) return { how, cutAt: Number(left) };
    return { how, cutAt: away === null && how === 'forced' ? diedAt : null };
  }
}
