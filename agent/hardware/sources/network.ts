import type { Source } from '../source.js';
import { sectionsOf } from './headed.js';
import { objectsOf, readJson } from './json.js';
import { idOf, textOf } from './values.js';

/** Addresses of the network cards that are plugged in. */
export const network: Source = {
  name: 'network',
  extension: 'txt',
  platforms: ['linux'],
  origins: [{ command: ['ip', '-j', 'link'] }, { paths: '/sys/class/net/*/address' }],
  isOf: (text) => /^\s*\[\s*(?:\{\s*\}\s*,\s*)*\{\s*"ifindex"\s*:/.test(text) || sysfs.test(text),
  parse: (text) => {
    if (!network.isOf(text)) return null;
    const links = sysfs.test(text) ? ofSysfs(text) : ofIp(text);
    const own = links.filter(({ name }) => !unreal.test(name)).map(({ address }) => ownAddress(address));
    const values = [...new Set(own)].filter((address) => address !== null).slice(0, mostCards);
    return { ids: values.map((value) => ({ kind: 'mac', value })) };
  },
};

interface Link {
  readonly name: string;
  readonly address: unknown;
}

/** With all functions of a big server's cards. */
export const mostCards = 32;

const sysfs = /^==> \/sys\/class\/net\/[^/\s]+\/address <==/m;

/** Interfaces that software makes. */
const unreal =
  /^(?:lo|docker|veth|br-|virbr|vnet|tap|tun|wg|utun|cni|flannel|cali|cilium|lxc|lxd|incus|vxlan|geneve|gre|sit|ip6tnl|dummy|ifb|kube|nodelocal|ovs|vmnet|vboxnet|zt|tailscale|podman|macv|ipvl|vif)/;

const ofSysfs = (text: string): Link[] =>
  sectionsOf(text).map(({ path, text: address }) => ({ name: path.split('/').at(-2) ?? '', address }));

const ofIp = (text: string): Link[] =>
  objectsOf(readJson(text))
    .filter((link) => link.link_type === 'ether')
    // The card's own, where another was given to it: of a bond all have one.
    .map((link) => ({ name: textOf(link.ifname) ?? '', address: link.permaddr ?? link.address }));

/**
 * The address that a maker gave to a card, as `00:1b:21:aa:bb:cc`; null for those that software made up (second-lowest bit of
 * the first byte), for groups (lowest bit), and for Hyper-V's, of which WSL2 has a new one after each start.
 */
export function ownAddress(address: unknown): string | null {
  if (typeof address !== 'string') return null;
  const text = address.trim().toLowerCase().replaceAll('-', ':');
  if (!/^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/.test(text) || text.startsWith('00:15:5d:')) return null;
  return (Number.parseInt(text.slice(0, 2), 16) & 3) === 0 ? idOf(text) : null;
}
