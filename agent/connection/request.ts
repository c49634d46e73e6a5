import { TouchstoneError } from '../../protocol/error.js';
import { refusal } from './problem.js';

/** Longest wait for a reply. */
const timeoutMs = 15_000;

/** One HTTP request to a verifier. */
export interface VerifierRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string;
  readonly signal?: AbortSignal | undefined;
}

/** The verifier's address, ended with a slash: a path in it is kept as a prefix of all others. */
export function baseOf(verifier: URL): URL {
  const base = new URL(verifier);
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  return base;
}

/**
 * The body of a 2xx reply, as text.
 * @throws TouchstoneError the verifier's own code where it refused (see `refusal`), or `agent.verifier-unreachable`
 */
export async function requestText(
  url: URL,
  { method, body, token, signal }: VerifierRequest,
): Promise<string> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const reply = await fetch(url, {
      method,
      headers: {
        accept: 'application/json, application/problem+json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
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

/** The value of a JSON text; undefined where it is none. */
export function parseJson(text: string): unknown {
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
