import { createHmac } from 'node:crypto';
import type { ComponentKind } from './messages/hardware.js';

/**
 * An identifying value as it leaves the host: equal values have equal hashes within one network, and without the network's key
 * no value can be tried. The kind is part of it, so that a serial never equals a UUID.
 *
 * @param key 32 bytes, the verifier's `fingerprintKey`: one for all devices of a network
 * @param value trimmed and lower-cased here: drivers differ in case
 * @returns 64 hexadecimal digits
 */
export function componentHash(key: Uint8Array, kind: ComponentKind, value: string): string {
  return createHmac('sha256', key).update(`${kind}\0${value.trim().toLowerCase()}`).digest('hex');
}
