import { type DestinationStream, type Logger, pino } from 'pino';
import type { VerifierOptions } from '../options.js';

/** Stands where a secret was. */
const censor = '[secret]';

/** Fields that are secret by their name, wherever a log line has them: at its top, in a thing, and in a thing of a thing. */
const secretFields = [
  'authorization',
  'cookie',
  'token',
  'nonce',
  'signature',
  'secret',
  'password',
  'key',
  'preimage',
  'seed',
];

/**
 * What is secret by its look, whatever it is called: tokens, keys, nonces, passwords within a URL. An error of a library quotes
 * what it was given, so the names of fields alone protect nothing.
 */
const secretLooks: readonly (readonly [RegExp, string])[] = [
  [/\b(se|ak|wt|ws|no)_[0-9a-f]{32,}/gi, `$1_${censor}`],
  [/\bwhsec_[A-Za-z0-9+/=_-]+/g, `whsec_${censor}`],
  [/\b(bearer|basic)(\s+)(?!\[secret\])[^\s"'\\]+/gi, `$1$2${censor}`],
  [/(:\/\/)[^\s/@"'\\]*:[^\s/@"'\\]*@/g, `$1${censor}@`],
  [/\b([0-9a-f]{128})\b/gi, censor],
];

/** A text without the secrets in it. */
export function withoutSecrets(text: string): string {
  return secretLooks.reduce((left, [look, instead]) => left.replace(look, instead), text);
}

/**
 * The log of the service: JSON lines, none of which holds a secret. A device id, an exam, an address are no secrets; whatever
 * opens or proves something is one.
 *
 * @param to where the lines go; the standard output when absent
 */
export function openLog({ logLevel }: Pick<VerifierOptions, 'logLevel'>, to?: DestinationStream): Logger {
  const options = {
    level: logLevel,
    redact: { paths: secretFields.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor },
    serializers: { err: errorForLog },
    hooks: { streamWrite: withoutSecrets },
  };
  return to === undefined ? pino(options) : pino(options, to);
}

/** Causes of causes that are written down. */
const deepestCause = 5;

interface LoggedError {
  readonly type: string;
  readonly code?: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: LoggedError;
}

/**
 * Only what an error says of itself. Libraries hang whole requests and commands on theirs: what Redis was asked to store, what
 * ClickHouse was asked to insert, the headers of a request that failed.
 */
export function errorForLog(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error).slice(0, 500) };
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    ...(typeof code === 'string' && { code }),
    message: error.message.slice(0, 2_000),
    ...(error.stack !== undefined && { stack: error.stack.slice(0, 4_000) }),
    ...(error.cause !== undefined && depth < deepestCause && { cause: errorForLog(error.cause, depth + 1) }),
  };
}
