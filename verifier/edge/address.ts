import ipaddr from 'ipaddr.js';

/**
 * Who is counted as one: an IPv4 address, or the 64 bits that a provider gives to one line at least, since whoever has them
 * can write from any of 2^64 addresses.
 *
 * @param address as a socket or a believed proxy gives it
 */
export function addressGroup(address: string | undefined): string {
  if (address === undefined || !ipaddr.isValid(address)) return 'unknown';
  // IPv4 in IPv6 is the same line.
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  const line = parsed.toByteArray().slice(0, 8);
  return `${Buffer.from(line).toString('hex')}/64`;
}

/**
 * The network of a line, which a provider may give to one customer as a whole: the first 48 bits of an IPv6 address. Null where an
 * address is scarce enough to stand for itself.
 *
 * @param address as a socket or a believed proxy gives it
 */
export function addressNetwork(address: string): string | null {
  const group = addressGroup(address);
  return group.endsWith('/64') ? `${group.slice(0, 12)}/48` : null;
}
