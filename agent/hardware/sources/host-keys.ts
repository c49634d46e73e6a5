import type { Source } from '../source.js';
import { sectionsOf } from './headed.js';

/** The public halves of the keys by which a machine is known to those who log in. Copies of one image share them. */
export const hostKeys: Source = {
  name: 'host-keys',
  extension: 'txt',
  platforms: ['linux', 'darwin'],
  origins: [{ paths: '/etc/ssh/ssh_host_*_key.pub' }],
  isOf: (text) => sectionsOf(text).some(({ path }) => publicKey.test(path)),
  parse: (text) => {
    const sections = sectionsOf(text).filter(({ path }) => publicKey.test(path));
    if (sections.length === 0) return null;
    const bodies = sections.flatMap((section) => line.exec(section.text)?.[1] ?? []);
    return { ids: [...new Set(bodies)].slice(0, 8).map((value) => ({ kind: 'host-key', value })) };
  },
};

const publicKey = /\/ssh_host_\w+_key\.pub$/;

/** Its type, then its body in base64, then a comment that names the machine. */
const line = /^(?:ssh|ecdsa-sha2)-[a-z0-9-]{2,32} (AAAA[A-Za-z0-9+/]{40,4096}={0,2})(?=\s|$)/m;
