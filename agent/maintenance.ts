import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { TouchstoneError } from '../protocol/error.js';
import { FactId } from '../protocol/ids.js';
import { VerifierApi } from './connection/api.js';
import { baseOf, parseJson, requestText } from './connection/request.js';
import type { Identity } from './identity.js';

/** A window of maintenance, as the verifier shows it to everybody. */
const Window = Type.Object({
  id: FactId,
  from: Type.String(),
  to: Type.String(),
  reason: Type.String(),
  by: Type.String(),
  declaredAt: Type.String(),
});
export type Window = Static<typeof Window>;

const windowReply = Compile(Window);
const windowsReply = Compile(Type.Object({ windows: Type.Array(Window) }));
const endReply = Compile(Type.Object({ window: Type.Union([Window, Type.Null()]) }));

/**
 * Says ahead that this device will be away. Times are milliseconds since 1970.
 * @throws TouchstoneError the verifier's code where it refuses, `agent.verifier-unreachable`, `agent.reply-invalid`
 */
export async function declareMaintenance(
  verifier: URL,
  identity: Identity,
  { from, to, reason }: { readonly from: number; readonly to: number; readonly reason: string },
): Promise<Window> {
  const body = { from: timeOf(from), to: timeOf(to), reason };
  const token = await openSession(verifier, identity);
  const reply = await requestText(windowsUrl(verifier, identity.device), { method: 'POST', token, body });
  return checked(windowReply, reply);
}

/** Windows of the last 30 days and to come. @throws as `declareMaintenance` */
export async function listMaintenance(verifier: URL, device: string): Promise<Window[]> {
  return checked(windowsReply, await requestText(windowsUrl(verifier, device), { method: 'GET' })).windows;
}

/** Takes a window back or ends it now. @returns what is left of it, null for nothing @throws as `declareMaintenance` */
export async function endMaintenance(
  verifier: URL,
  identity: Identity,
  window: string,
): Promise<Window | null> {
  const token = await openSession(verifier, identity);
  const url = new URL(`${windowsUrl(verifier, identity.device)}/${encodeURIComponent(window)}`);
  return checked(endReply, await requestText(url, { method: 'DELETE', token })).window;
}

/**
 * A session of its own. A device has one, the newest: the agent that runs keeps its line, and opens a new session when it
 * connects next.
 */
async function openSession(verifier: URL, identity: Identity): Promise<string> {
  const api = new VerifierApi(verifier);
  const fields = { device: identity.device, nonce: await api.nonce(), host: api.host };
  const { token } = await api.openSession({ ...fields, signature: identity.sign('session', fields) });
  return token;
}

const windowsUrl = (verifier: URL, device: string): URL =>
  new URL(`v1/devices/${device}/maintenance`, baseOf(verifier));

const timeOf = (at: number): string => new Date(at).toISOString();

function checked<T>(schema: { Check(value: unknown): value is T }, text: string): T {
  const content = parseJson(text);
  if (schema.Check(content)) return content;
  throw new TouchstoneError(
    'agent.reply-invalid',
    'The verifier answered about maintenance in another form.',
  );
}
