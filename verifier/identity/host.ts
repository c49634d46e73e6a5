import { TouchstoneError } from '../../protocol/error.js';

const loopback = ['127.0.0.1', 'localhost', '[::1]'];
const isLoopback = (host: string): boolean => ['127.0.0.1', 'localhost', '::1'].includes(host);

/**
 * The names under which a verifier is addressed, as they stand in signed messages. A signature names the host that its
 * maker meant: without this check a hostile verifier could hand out our nonce and pass the signature on. The request's own
 * `Host` header says nothing here, because the one who passes it on writes it.
 *
 * @param listening host and port that are listened on
 * @param publicHosts `host[:port]` under which agents reach us from elsewhere
 */
export function ownHosts(
  listening: { host: string; port: number },
  publicHosts: readonly string[],
): ReadonlySet<string> {
  const here = isLoopback(listening.host) ? loopback.map((name) => `${name}:${listening.port}`) : [];
  return new Set([...here, ...publicHosts]);
}

/** @throws TouchstoneError `verifier.public-host-missing` where no agent could sign for such a verifier */
export function assertReachable(host: string, publicHosts: readonly string[]): void {
  if (!isLoopback(host) && publicHosts.length === 0)
    throw new TouchstoneError('verifier.public-host-missing');
}

/** @throws TouchstoneError `signature.wrong-host` */
export function assertSignedForUs(signed: string, own: ReadonlySet<string>): void {
  if (own.has(signed)) return;
  throw new TouchstoneError(
    'signature.wrong-host',
    `Signed for ${signed}; this verifier is ${[...own].join(' or ')}.`,
  );
}
