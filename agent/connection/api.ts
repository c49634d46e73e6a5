import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { TouchstoneError } from '../../protocol/error.js';
import {
  type Enrolment,
  NonceReply,
  SessionReply,
  type SessionRequest,
} from '../../protocol/messages/enrolment.js';
import { refusal } from './problem.js';

const nonceReply = Compile(NonceReply);
const sessionReply = Compile(SessionReply);

/** Longest wait for a reply. */
const timeoutMs = 15_000;

/**
 * The verifier's HTTP side, as an agent uses it. Every call throws TouchstoneError: the verifier's own code where it
 * refused (see `refusal`), `agent.verifier-unreachable`, or `agent.reply-invalid`.
 */
export class VerifierApi {
  readonly #base: URL;

  /** @param verifier its address; a path in it is kept as a prefix */
  constructor(verifier: URL) {
    this.#base = new URL(verifier);
    if (!this.#base.pathname.endsWith('/')) this.#base.pathname += '/';
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
    method: string,
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
  async #request(method: string, path: string, body: unknown, signal?: AbortSignal): Promise<string> {
    const url = new URL(path, this.#base);
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const reply = await fetch(url, {
        method,
        headers: { accept: 'application/json, application/problem+json', ...(body !== undefined && json) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      const text = await reply.text();
      if (reply.ok) return text;
      throw refusal(reply.status, text, reply.headers.get('retry-after'));
    } catch (error) {
      if (error instanceof TouchstoneError || signal?.aborted) throw error;
      throw new TouchstoneError('agent.verifier-unreachable', `No answer from ${url.origin}: ${why(error)}`);
    }
  }
}

const json = { 'content-type': 'application/json' };

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Node's fetch says only "fetch failed"; the reason is in its cause. */
function why(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `nothing within ${timeoutMs / 1000} s`;
  return error.cause instanceof Error ? error.cause.message || error.cause.name : error.message;
}
