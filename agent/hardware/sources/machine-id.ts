import type { Source } from '../source.js';
import { idOf } from './values.js';

/** The id of an installed system: copies of one image share it until somebody makes a new one. */
export const machineId: Source = {
  name: 'machine-id',
  extension: 'txt',
  platforms: ['linux'],
  origins: [{ path: '/etc/machine-id' }, { path: '/var/lib/dbus/machine-id' }],
  isOf: (text) => /^\s*(?:[0-9a-f]{32}|uninitialized)\s*$/i.test(text),
  parse: (text) => {
    if (!machineId.isOf(text)) return null;
    const value = idOf(text);
    return { ids: value === null ? [] : [{ kind: 'machine-id', value }] };
  },
};
