import { TouchstoneError } from '../../protocol/error.js';

/**
 * A signature names the host that its maker meant. Without this check a hostile verifier could hand out our nonce
 * and pass the signature on.
 *
 * @param signed the host in the signed message
 * @param header the request's `Host` header
 * @param publicHosts names that the operator lists because a proxy rewrites the header
 * @throws TouchstoneError `signature.wrong-host`
 */
export function assertSignedForUs(
  signed: string,
  header: string | undefined,
  publicHosts: readonly string[],
): void {
  const own = publicHosts.length > 0 ? publicHosts : [header ?? ''];
  if (own.includes(signed)) return;
  throw new TouchstoneError(
    'signature.wrong-host',
    `Signed for ${signed}; this verifier is ${own.join(' or ')}.`,
  );
}
