import { toHex } from '../../protocol/bytes.js';
import type { Clock, RandomBytes } from '../../protocol/clock.js';
import { TouchstoneError } from '../../protocol/error.js';
import { newWalletToken } from '../../protocol/ids.js';
import type { HotState } from '../state/state.js';
import { bearerToken, hashOfToken } from './token.js';

/** Short, because a token in a browser leaks more easily than a key in a file. */
const lifetimeMs = 4 * 3600_000;

type State = Pick<HotState, 'put' | 'get' | 'take' | 'putIfAbsent' | 'replace'>;

/**
 * Tokens that stand for a wallet's signature. A wallet may have several, one for each browser; signing out ends them all, so that
 * one that leaked is worth nothing. Only their hashes are stored.
 */
export class WalletSessions {
  readonly #state: State;
  readonly #random: RandomBytes;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(state: State, random: RandomBytes, clock: Pick<Clock, 'now'>) {
    this.#state = state;
    this.#random = random;
    this.#clock = clock;
  }

  /** @throws TouchstoneError `service.busy` */
  async open(wallet: string): Promise<{ token: string; expiresAt: number }> {
    const token = newWalletToken(this.#random);
    const round = await this.#round(wallet);
    await this.#state.put(keyOf(token), `${round}/${wallet}`, lifetimeMs);
    return { token, expiresAt: this.#clock.now() + lifetimeMs };
  }

  /**
   * @param authorization the request's `Authorization` header
   * @returns the wallet that the session belongs to
   * @throws TouchstoneError `session.invalid`, `service.busy`
   */
  async walletOf(authorization: string | undefined): Promise<string> {
    const token = bearerToken(authorization, 'ws');
    const value = token === null ? null : await this.#state.get(keyOf(token));
    const [round, wallet] = value?.split('/') ?? [];
    if (round === undefined || wallet === undefined) throw new TouchstoneError('session.invalid');
    if ((await this.#state.get(roundOf(wallet))) !== round) throw new TouchstoneError('session.invalid');
    return wallet;
  }

  /** Ends all sessions of a wallet. @throws TouchstoneError `service.busy` */
  async signOut(wallet: string): Promise<void> {
    await this.#state.take(roundOf(wallet));
  }

  /** What all sessions since the last signing out have in common. It outlives each of them. */
  async #round(wallet: string): Promise<string> {
    for (;;) {
      const key = roundOf(wallet);
      const round = await this.#state.putIfAbsent(key, toHex(this.#random(8)), lifetimeMs);
      // Somebody may have signed out in between: then there is another round.
      if (await this.#state.replace(key, round, round, lifetimeMs)) return round;
    }
  }
}

const keyOf = (token: string): string => `wallet-session/${hashOfToken(token)}`;
const roundOf = (wallet: string): string => `wallet-round/${wallet}`;
