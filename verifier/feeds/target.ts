import { lookup, Resolver } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';
import { TouchstoneError } from '../../protocol/error.js';

/** Where a webhook's host leads to, looked up once: what was checked is what is connected to. */
export interface Target {
  readonly url: URL;
  readonly address: string;
  readonly family: 4 | 6;
}

export interface TargetRules {
  /** Whether addresses within this network, and plain http, are allowed: for tests and closed networks. */
  readonly allowPrivate: boolean;
  /** All addresses of a host name. */
  readonly resolve?: (
    host: string,
  ) => Promise<readonly { readonly address: string; readonly family: number }[]>;
}

/** Names of this machine and this network too, for `allowPrivate`. */
const resolveHere = (host: string) => lookup(host, { all: true, verbatim: true });

/**
 * By a resolver that gives up, and takes none of the few threads that also write the journal: whoever answers for a name may
 * take as long as it likes.
 */
async function resolveInTime(host: string): Promise<{ address: string; family: number }[]> {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  const [ipv4, ipv6] = await Promise.all([
    resolver.resolve4(host).catch(() => []),
    resolver.resolve6(host).catch(() => []),
  ]);
  return [
    ...ipv4.map((address) => ({ address, family: 4 })),
    ...ipv6.map((address) => ({ address, family: 6 })),
  ];
}

/**
 * Looks up where a webhook goes. Every address of its host has to be a public one: whoever answers for a name may answer
 * otherwise each time.
 *
 * @throws TouchstoneError `webhook.target-refused`
 */
export async function findTarget(address: string, rules: TargetRules): Promise<Target> {
  const url = parse(address, rules);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const found = ipaddr.isValid(host)
    ? [{ address: host, family: ipaddr.parse(host).kind() === 'ipv6' ? 6 : 4 }]
    : await (rules.resolve ?? (rules.allowPrivate ? resolveHere : resolveInTime))(host).catch(() => []);
  const [first] = found;
  if (first === undefined) throw refused(`${host} leads nowhere.`);
  if (!rules.allowPrivate && !found.every((one) => isPublic(one.address)))
    throw refused(`${host} leads to an address that is not public.`);
  return { url, address: first.address, family: first.family === 6 ? 6 : 4 };
}

/** Below are the well-known services of a machine. */
const firstOpenPort = 1024;

function parse(address: string, { allowPrivate }: TargetRules): URL {
  if (!URL.canParse(address)) throw refused('It is no URL.');
  const url = new URL(address);
  if (url.protocol !== 'https:' && !(allowPrivate && url.protocol === 'http:'))
    throw refused('It does not begin with https.');
  // Mail, shells and the like of others: our word would be taken for an attack on them, and our answer tell who listens.
  if (!allowPrivate && url.port !== '' && Number(url.port) < firstOpenPort)
    throw refused('Its port is not 443 and below 1024.');
  if (url.username !== '' || url.password !== '') throw refused('It names a user.');
  url.hash = '';
  return url;
}

/** What IPv6 has given out as global unicast: all else is local, translated or not in use. */
const globalUnicast = ipaddr.parseCIDR('2000::/3');

/**
 * Whether an address belongs to the internet at large. Only plain unicast does: ranges that are translated to others (NAT64,
 * 6to4, Teredo) would hide a private one.
 */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed.kind() === 'ipv4' || parsed.match(globalUnicast);
}

const refused = (detail: string) => new TouchstoneError('webhook.target-refused', detail);
