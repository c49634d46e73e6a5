import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { baseOf, parseJson, requestText } from '../agent/connection/request.js';
import { TouchstoneError } from '../protocol/error.js';
import { TranscriptHeads, type WitnessStatement } from '../protocol/messages/lease.js';

const heads = Compile(TranscriptHeads);

/**
 * What a tenant may ask of a verifier about its lease. Every call throws TouchstoneError: the verifier's own code where it
 * refused, `agent.verifier-unreachable`, or `agent.reply-invalid`.
 */
export class LeaseApi {
  readonly #url: URL;
  readonly #token: string;
  readonly #signal: AbortSignal;

  /** @param token the witness's, of this lease */
  constructor(verifier: URL, lease: string, token: string, signal: AbortSignal) {
    this.#url = new URL(`v1/leases/${lease}/`, baseOf(verifier));
    this.#token = token;
    this.#signal = signal;
  }

  /** How far the transcript of each card is. */
  async transcript(): Promise<TranscriptHeads> {
    return this.#expect(heads, await this.#request('GET', 'transcript'));
  }

  /** Says what was seen. */
  async speak(statement: WitnessStatement): Promise<void> {
    await this.#request('POST', 'witness', statement);
  }

  /** The receipt as it came: JSON text. */
  async receipt(): Promise<string> {
    return await this.#request('GET', 'receipt');
  }

  #expect<T>(schema: Validator<Record<string, TSchema>, TSchema, unknown, T>, text: string): T {
    const content = parseJson(text);
    if (schema.Check(content)) return content as T;
    throw new TouchstoneError('agent.reply-invalid', `${this.#url.origin} answered in another form.`);
  }

  #request(method: 'GET' | 'POST', path: string, body?: unknown): Promise<string> {
    return requestText(new URL(path, this.#url), {
      ...{ method, token: this.#token, signal: this.#signal },
      ...(body !== undefined && { body }),
    });
  }
}
