import { baseOf, requestText, type VerifierRequest } from '../agent/connection/request.js';
import type { LeaseDocument, TranscriptHeads } from '../protocol/messages/lease.js';

/** What a marketplace asks of a verifier. Every call throws TouchstoneError with the verifier's code where it refused. */
export class LeasesApi {
  readonly #leases: URL;
  readonly #key: string;
  readonly #signal: AbortSignal;

  /** @param key of `touchstone keys add` */
  constructor(verifier: URL, key: string, signal: AbortSignal) {
    this.#leases = new URL('v1/leases', baseOf(verifier));
    this.#key = key;
    this.#signal = signal;
  }

  async open(device: string, reference: string): Promise<LeaseDocument> {
    return await this.#json('', { method: 'POST', body: { device, reference } });
  }

  async lease(id: string): Promise<LeaseDocument> {
    return await this.#json(`/${id}`, { method: 'GET' });
  }

  /** Ends it now. */
  async end(id: string): Promise<LeaseDocument> {
    return await this.#json(`/${id}`, { method: 'PATCH', body: { state: 'ended' } });
  }

  /** How many entries the shortest transcript of its cards has. */
  async probes(id: string): Promise<number> {
    const { cards } = await this.#json<TranscriptHeads>(`/${id}/transcript`, { method: 'GET' });
    return Math.min(...cards.map(({ index }) => index));
  }

  /** As JSON text. */
  async receipt(id: string): Promise<string> {
    return await this.#text(`/${id}/receipt`, { method: 'GET' });
  }

  async #json<T>(path: string, request: VerifierRequest): Promise<T> {
    return JSON.parse(await this.#text(path, request)) as T;
  }

  #text(path: string, request: VerifierRequest): Promise<string> {
    return requestText(new URL(`${this.#leases.href}${path}`), {
      ...{ ...request, token: this.#key, signal: this.#signal },
    });
  }
}
