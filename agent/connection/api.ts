import { type Static, type TSchema, Type } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { TouchstoneError } from '../../protocol/error.js';
import { Hex32 } from '../../protocol/ids.js';
import {
  type Enrolment,
  NonceReply,
  SessionReply,
  type SessionRequest,
} from '../../protocol/messages/enrolment.js';
import { baseOf, parseJson, requestText } from './request.js';

/** What an agent wants to know of `GET /v1/verifier`. One of before there were reports has no such key. */
const VerifierDocument = Type.Object({ fingerprintKey: Type.Optional(Hex32) });
type VerifierDocument = Static<typeof VerifierDocument>;

const verifierDocument = Compile(VerifierDocument);
const nonceReply = Compile(NonceReply);
const sessionReply = Compile(SessionReply);

/**
 * The verifier's HTTP side, as an agent uses it. Every call throws TouchstoneError: the verifier's own code where it
 * refused (see `refusal`), `agent.verifier-unreachable`, or `agent.reply-invalid`.
 */
export class VerifierApi {
  readonly #base: URL;

  /** @param verifier its address; a path in it is kept as a prefix */
  constructor(verifier: URL) {
    this.#base = baseOf(verifier);
  }

  /** `host[:port]`, as it stands in signed messages. */
  get host(): string {
    return this.#base.host;
  }

  /** Where an agent's WebSocket connects. */
  get socketUrl(): URL {
    const url = new URL('v1/agent', this.#base);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    return url;
  }

  /** What the verifier says of itself; nothing where it is too old to say anything. */
  async verifier(signal?: AbortSignal): Promise<VerifierDocument> {
    try {
      return await this.#expect(verifierDocument, 'GET', 'v1/verifier', undefined, signal);
    } catch (error) {
      if (error instanceof TouchstoneError && error.data.status === 404) return {};
      throw error;
    }
  }

  /** A number used once, to be signed. */
  async nonce(signal?: AbortSignal): Promise<string> {
    return (await this.#expect(nonceReply, 'POST', 'v1/nonces', undefined, signal)).nonce;
  }

  async enrol(enrolment: Enrolment, signal?: AbortSignal): Promise<void> {
    await this.#request('POST', 'v1/devices', enrolment, signal);
  }

  async openSession(request: SessionRequest, signal?: AbortSignal): Promise<SessionReply> {
    return await this.#expect(sessionReply, 'POST', 'v1/sessions', request, signal);
  }

  /** The device's public document, as text: exactly what everybody sees. */
  async device(id: string, signal?: AbortSignal): Promise<string> {
    return await this.#request('GET', `v1/devices/${id}`, undefined, signal);
  }

  /** Why the device stands where it stands, as text. */
  async explain(id: string, signal?: AbortSignal): Promise<string> {
    return await this.#request('GET', `v1/devices/${id}/explain`, undefined, signal);
  }

  async #expect<T>(
    schema: Validator<Record<string, TSchema>, TSchema, unknown, T>,
    method: 'GET' | 'POST',
    path: string,
    body: unknown,
    signal?: AbortSignal,
  ): Promise<T> {
    const text = await this.#request(method, path, body, signal);
    const content = parseJson(text);
    if (schema.Check(content)) return content as T;
    throw new TouchstoneError(
      'agent.reply-invalid',
      `${this.#base.origin} answered ${path} in another form.`,
    );
  }

  /** The body of a 2xx reply. */
  async #request(method: 'GET' | 'POST', path: string, body: unknown, signal?: AbortSignal): Promise<string> {
    return await requestText(new URL(path, this.#base), { method, body, signal });
  }
}
