import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Webhook as Signer } from 'standardwebhooks';
import type { Change } from './change.js';
import { findTarget, type TargetRules } from './target.js';

/** For the whole of one delivery. */
const sendMs = 10_000;
/** What a receiver answers is not read beyond this. */
const answerBytes = 16 * 1024;

export interface Delivery {
  readonly url: string;
  /** As `secretOf` gives it. */
  readonly secret: string;
  readonly change: Change;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
}

/** What came of it: `taken` only by a status from 200 to 299. */
export interface Answer {
  readonly taken: boolean;
  /** The status of HTTP, or why there is none. */
  readonly said: string;
  /** 410: never again. */
  readonly gone: boolean;
}

/** A signing key in the form that receivers' libraries take. */
export const secretOf = (key: Uint8Array): string => `whsec_${Buffer.from(key).toString('base64')}`;

/** Delivers one change, signed as Standard Webhooks has it. Never throws: what went wrong is the answer. */
export async function send({ url, secret, change, now }: Delivery, rules: TargetRules): Promise<Answer> {
  try {
    const body = JSON.stringify(change);
    const at = new Date(now);
    const status = await post(url, rules, body, {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      'user-agent': 'touchstone-webhooks',
      'webhook-id': change.id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Signer(secret).sign(change.id, at, body),
    });
    return { taken: status >= 200 && status < 300, said: String(status), gone: status === 410 };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { taken: false, said: code ?? message, gone: false };
  }
}

/** @returns the status. A redirect is one too: it would lead past the check of the address */
async function post(
  address: string,
  rules: TargetRules,
  body: string,
  headers: Record<string, string>,
): Promise<number> {
  const signal = AbortSignal.timeout(sendMs);
  const target = await findTarget(address, rules);
  const { url, family } = target;
  const request = url.protocol === 'http:' ? httpRequest : httpsRequest;
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method: 'POST',
      headers,
      signal,
      // A connection of its own, to the very address that was checked.
      agent: false,
      lookup: (_host, options, found) => {
        if (options.all) found(null, [{ address: target.address, family }]);
        else found(null, target.address, family);
      },
    });
    sent.on('error', reject);
    sent.on('response', (answer) => {
      let read = 0;
      answer.on('data', (bytes: Buffer) => {
        read += bytes.length;
        if (read > answerBytes) sent.destroy();
      });
      answer.on('error', () => {});
      answer.on('close', () => resolve(answer.statusCode ?? 0));
    });
    sent.end(body);
  });
}
