import type { VerifierApi } from '../../agent/connection/api.js';
import type { SupplierOptions } from '../../agent/connection/supplier.js';
import { agentInfo } from '../../agent/version.js';

/** Enrols, and opens a session as the agent does. For cheats that speak for themselves. @returns the session's token */
export async function enrolAndOpen(
  api: VerifierApi,
  { identity, name, cards, signal }: Pick<SupplierOptions, 'identity' | 'name' | 'cards' | 'signal'>,
): Promise<string> {
  const sign = async <T extends Record<string, unknown>>(purpose: 'enrol' | 'session', more: T) => {
    const fields = { device: identity.device, nonce: await api.nonce(signal), host: api.host, ...more };
    return { ...fields, signature: identity.sign(purpose, fields) };
  };
  const claims = cards.map(({ claim }) => claim);
  await api.enrol(await sign('enrol', { name, agent: agentInfo, cards: claims }), signal);
  return (await api.openSession(await sign('session', {}), signal)).token;
}
