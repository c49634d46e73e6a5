import { toHex } from '../../protocol/bytes.js';
import { TouchstoneError } from '../../protocol/error.js';
import type { Secrets } from '../secrets/secrets.js';
import type { HotState } from '../state/state.js';

const key = 'fleet-secrets';
/** Put anew by every sign of life: it goes with the last verifier of a fleet. */
const keptMs = 60_000;

/**
 * Assures that all verifiers of one hot state have the same secrets: chains, seeds and receipts of one could not be gone on
 * with by another.
 * @throws TouchstoneError `verifier.secrets-differ`, `service.busy`
 */
export async function assertSameSecrets(state: HotState, secrets: Pick<Secrets, 'derive'>): Promise<void> {
  const print = toHex(secrets.derive('fingerprint', 'fleet'));
  const found = await state.putIfAbsent(key, print, keptMs);
  if (found !== print) throw new TouchstoneError('verifier.secrets-differ');
  await state.put(key, print, keptMs);
}
