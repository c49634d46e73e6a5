import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import type { LeaseDocument, LeaseState } from '../../../protocol/messages/lease.js';
import type { Receipt } from '../../../protocol/messages/receipt.js';
import { addKey } from '../../../verifier/access/key-file.js';
import type { DeviceDocument } from '../../../verifier/documents/schemas.js';

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** A lease as its marketplace made it. */
export interface OpenLease {
  readonly id: string;
  readonly device: string;
  readonly witnessToken: string;
}

/** A marketplace with a key of its own, as `touchstone keys add` makes it. */
export class Market {
  readonly url: URL;
  readonly key: string;

  private constructor(url: URL, key: string) {
    this.url = url;
    this.key = key;
  }

  static async open({ url, dataDir }: { url: URL; dataDir: string }, name = 'market'): Promise<Market> {
    const random = (length: number) => new Uint8Array(randomBytes(length));
    return new Market(url, await addKey(dataDir, { name, role: 'marketplace', now: Date.now() }, random));
  }

  /** The same marketplace, asking another verifier. */
  at(url: URL | string): Market {
    return new Market(new URL(url), this.key);
  }

  /**
   * One request, asked again as its answer says where the device is on its way between two verifiers: nothing was done then.
   * @param token its own key when absent; null: none at all
   */
  async call(
    method: 'GET' | 'POST' | 'PATCH',
    path: string,
    body?: unknown,
    token: string | null = this.key,
  ): Promise<Answer> {
    for (let asked = 1; ; asked += 1) {
      const { answer, againMs } = await this.#ask(method, path, body, token);
      if (answer.body.code !== 'session.moving' || asked === 20) return answer;
      await setTimeout(againMs);
    }
  }

  async #ask(
    method: string,
    path: string,
    body: unknown,
    token: string | null,
  ): Promise<{ answer: Answer; againMs: number }> {
    const response = await fetch(new URL(path, this.url), {
      method,
      headers: {
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer = { status: response.status, body: text === '' ? {} : JSON.parse(text) };
    return { answer, againMs: 1000 * Number(response.headers.get('retry-after')) };
  }

  /** Leases a device once it can be leased. */
  async lease(device: string, more: { reference?: string; endsAt?: string } = {}): Promise<OpenLease> {
    await this.untilVerified(device);
    const request = { device, reference: `job of ${device.slice(0, 8)}`, ...more };
    const { status, body } = await this.call('POST', '/v1/leases', request);
    expect({ status, code: body.code }).toEqual({ status: 201, code: undefined });
    const { id, witnessToken } = body as unknown as LeaseDocument;
    return { id, device, witnessToken: witnessToken ?? '' };
  }

  async untilVerified(device: string): Promise<void> {
    const status = async () => {
      const { body } = await this.call('GET', `/v1/devices/${device}`);
      return (body as unknown as DeviceDocument).status;
    };
    await eventually(async () => expect(await status()).toBe('verified'));
  }

  async document({ id }: Pick<OpenLease, 'id'>): Promise<LeaseDocument> {
    return (await this.call('GET', `/v1/leases/${id}`)).body as unknown as LeaseDocument;
  }

  /** Waits for a state; fails where the lease is over before. */
  async until(lease: Pick<OpenLease, 'id'>, ...states: LeaseState[]): Promise<LeaseDocument> {
    const over = ['ended', 'refused'];
    const state = async () => {
      const { state: now, reasons } = await this.document(lease);
      if (states.includes(now) || !over.includes(now)) return now;
      throw new Error(`over: ${now} by ${reasons.map(({ code }) => code).join()}`);
    };
    await eventually(async () => expect(await state()).toBeOneOf(states));
    return this.document(lease);
  }

  /** Ends it now, and waits until it is over. */
  async end(lease: OpenLease): Promise<Receipt> {
    await this.call('PATCH', `/v1/leases/${lease.id}`, { state: 'ended' });
    await this.until(lease, 'ended');
    return this.receipt(lease);
  }

  async receipt({ id }: Pick<OpenLease, 'id'>): Promise<Receipt> {
    return (await this.call('GET', `/v1/leases/${id}/receipt`)).body as unknown as Receipt;
  }

  /** Waits until the transcript of each card has so many entries. */
  async untilEntries({ id }: OpenLease, entries: number): Promise<void> {
    const least = async () => {
      const { body } = await this.call('GET', `/v1/leases/${id}/transcript`);
      const cards = body.cards as { index: number }[];
      return cards.length === 0 ? 0 : Math.min(...cards.map(({ index }) => index));
    };
    await eventually(async () => expect(await least()).toBeGreaterThanOrEqual(entries));
  }

  /** The key that the verifier says it signs with. */
  async issuer(): Promise<string> {
    return (await this.call('GET', '/v1/verifier', undefined, null)).body.key as string;
  }
}

/** `expect.poll` does not know its test where several run at once. */
const eventually = (check: () => Promise<void>): Promise<void> =>
  vi.waitFor(check, { timeout: 60_000, interval: 50 });
