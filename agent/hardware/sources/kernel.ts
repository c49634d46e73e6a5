import type { Source } from '../source.js';
import { textOf } from './values.js';

/** The system and the release of its kernel. Who built it, and where, is not told. */
export const kernel: Source = {
  name: 'kernel',
  extension: 'txt',
  platforms: ['linux', 'darwin'],
  origins: [{ path: '/proc/version' }, { command: ['uname', '-sr'] }],
  isOf: (text) => version.test(text),
  parse: (text) => {
    const [, system, release] = version.exec(text) ?? [];
    if (system === undefined || release === undefined) return null;
    const name = textOf(release);
    const windows = system === 'Linux' && /microsoft/i.test(release);
    return {
      host: {
        os: system === 'Linux' ? 'linux' : 'darwin',
        ...(name !== null && { kernel: name }),
        ...(windows && { wsl: true }),
        // The first WSL is no machine: it makes Windows' calls of Linux'.
        ...(windows && /wsl2|standard/i.test(release) && { hypervisor: 'hyper-v' }),
      },
    };
  },
};

const version = /^(Linux|Darwin)(?: version)? (\d+\.\d+\S{0,120})(?=\s|$)/;
