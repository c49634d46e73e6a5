import { expect, it } from 'vitest';
import { captureOf, read, valuesOf } from '../testing/host-sources.js';
import { hostKeys } from './host-keys.js';

it('a host is known by the bodies of its public keys, without the name of the machine', () => {
  const keys = valuesOf(read('bare-metal', hostKeys), 'host-key');
  expect(keys).toHaveLength(3);
  expect(keys.every((key) => /^AAAA[\w+/]+=*$/.test(key))).toBe(true);
});

it('a private key is never taken', () => {
  const secret = captureOf('bare-metal', hostKeys).replaceAll('_key.pub', '_key');
  expect(hostKeys.parse(secret)).toBeNull();
  expect(hostKeys.origins).toEqual([{ paths: '/etc/ssh/ssh_host_*_key.pub' }]);
});

it('a file without a key has none', () => {
  const empty =
    '==> /etc/ssh/ssh_host_rsa_key.pub <==\n-----BEGIN OPENSSH PRIVATE KEY-----\nAAAAB3NzaC1yc2E\n';
  expect(hostKeys.parse(empty)).toEqual({ ids: [] });
});
