import type { Source } from '../source.js';
import { fieldOf } from './fields.js';
import { hypervisorOf } from './hypervisors.js';
import { countOf, textOf } from './values.js';

/** Asks the processor itself who runs it, which `/proc/cpuinfo` doesn't say; names ARM's cores. */
export const lscpu: Source = {
  name: 'lscpu',
  extension: 'txt',
  platforms: ['linux'],
  origins: [{ command: ['lscpu'] }],
  isOf: (text) => /^Architecture:\s/m.test(text) && /^CPU\(s\):\s/m.test(text),
  parse: (text) => {
    if (!lscpu.isOf(text)) return null;
    const fields = new Map<string, string>();
    for (const line of text.split(/\r?\n/)) {
      const [name, value] = fieldOf(line) ?? [];
      // Of several kinds of cores in one processor the first are the fast ones.
      if (name !== undefined && value !== undefined && !fields.has(name)) fields.set(name, value);
    }
    const sockets = countOf(fields.get('Socket(s)')) ?? countOf(fields.get('Cluster(s)'));
    const perSocket = countOf(fields.get('Core(s) per socket')) ?? countOf(fields.get('Core(s) per cluster'));
    const hypervisor = hypervisorOf(fields.get('Hypervisor vendor'));
    return {
      host: {
        cpu: {
          model: textOf(fields.get('Model name')),
          sockets,
          cores: countOf(sockets !== null && perSocket !== null ? sockets * perSocket : null),
          threads: countOf(fields.get('CPU(s)')),
        },
        ...(hypervisor !== null && { hypervisor }),
      },
    };
  },
};
