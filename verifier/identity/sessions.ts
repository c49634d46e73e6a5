import { createHash } from 'node:crypto';
import type { Clock, RandomBytes } from '../../protocol/clock.js';
import { TouchstoneError } from '../../protocol/error.js';
import { newSessionToken } from '../../protocol/ids.js';
import type { HotState } from '../state/state.js';

const lifetimeMs = 24 * 3600_000;

/**
 * Tokens that stand for a signed nonce: one for each device, the newest. One opens one line, which brings the next: a token that
 * was seen on its way cannot take the line from its device. Only their hashes are stored, so who reads the state can't use them.
 */
export class Sessions {
  readonly #state: HotState;
  readonly #random: RandomBytes;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(state: HotState, random: RandomBytes, clock: Pick<Clock, 'now'>) {
    this.#state = state;
    this.#random = random;
    this.#clock = clock;
  }

  async open(device: string): Promise<{ token: string; expiresAt: number }> {
    const token = newSessionToken(this.#random);
    const key = keyOf(token);
    const older = await this.#state.get(newestOf(device));
    await this.#state.put(key, device, lifetimeMs);
    await this.#state.put(newestOf(device), key, lifetimeMs);
    // It is no use any more; that it goes now only saves room.
    if (older !== null) await this.#state.take(older);
    return { token, expiresAt: this.#clock.now() + lifetimeMs };
  }

  /**
   * Uses a session up.
   * @param authorization the request's `Authorization` header
   * @returns the token of the one that takes its place
   * @throws TouchstoneError `session.invalid`; of two who come with one token one is late
   */
  async renew(authorization: string | undefined): Promise<string> {
    const device = await this.deviceOf(authorization);
    const used = keyOf(bearerOf(authorization) ?? '');
    const token = newSessionToken(this.#random);
    await this.#state.put(keyOf(token), device, lifetimeMs);
    const renewed = await this.#state.replace(newestOf(device), used, keyOf(token), lifetimeMs);
    // Whichever of them is no use any more.
    await this.#state.take(renewed ? used : keyOf(token));
    if (!renewed) throw new TouchstoneError('session.invalid');
    return token;
  }

  /**
   * @param authorization the request's `Authorization` header
   * @returns the device that the session belongs to
   * @throws TouchstoneError `session.invalid`
   */
  async deviceOf(authorization: string | undefined): Promise<string> {
    const token = bearerOf(authorization);
    const device = token === undefined ? null : await this.#state.get(keyOf(token));
    // Two verifiers may have opened one each at the same instant: only the newest counts, wherever it is asked.
    const newest = device === null ? null : await this.#state.get(newestOf(device));
    if (token === undefined || device === null || newest !== keyOf(token))
      throw new TouchstoneError('session.invalid');
    return device;
  }
}

const bearerOf = (authorization: string | undefined): string | undefined =>
  /^Bearer (se_[0-9a-f]{64})$/.exec(authorization ?? '')?.[1];
const keyOf = (token: string): string => `session/${createHash('sha256').update(token).digest('hex')}`;
const newestOf = (device: string): string => `session-of/${device}`;
