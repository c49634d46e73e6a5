import type { Source } from '../source.js';
import { countOf } from './values.js';

export const meminfo: Source = {
  name: 'meminfo',
  extension: 'txt',
  platforms: ['linux'],
  origins: [{ path: '/proc/meminfo' }],
  isOf: (text) => total.test(text),
  parse: (text) => {
    const kibibytes = total.exec(text)?.[1];
    return kibibytes === undefined ? null : { host: { memoryMiB: countOf(Number(kibibytes) / 1024) } };
  },
};

const total = /^MemTotal:\s+(\d{1,15}) kB/m;
