import type { Source } from '../source.js';
import { containerOf } from './container.js';
import { hypervisorOf } from './hypervisors.js';

/** Asks for both: without an argument the tool of a container says nothing about the machine. Both fail where they find none. */
const script =
  'command -v systemd-detect-virt >/dev/null && echo "vm: $(systemd-detect-virt --vm)" && echo "container: $(systemd-detect-virt --container)"; true';

/** What systemd, or Xen's own file, says about the machine being one. */
export const hypervisor: Source = {
  name: 'hypervisor',
  extension: 'txt',
  platforms: ['linux'],
  origins: [{ command: ['sh', '-c', script] }, { path: '/sys/hypervisor/type' }],
  isOf: (text) => labelled.test(text) || isWord(text.trim()),
  parse: (text) => {
    const word = text.trim();
    const [, vm, container] = labelled.exec(text) ?? (isWord(word) ? [word, word, word] : []);
    if (vm === undefined || container === undefined) return null;
    const name = hypervisorOf(vm);
    // A single word may be one of a container's.
    const runtime = containers.has(container.trim()) ? containerOf(container) : null;
    return {
      host: {
        ...(name !== null && { hypervisor: name }),
        ...(runtime !== null && { container: runtime }),
        ...(/^wsl$/m.test(container.trim()) && { wsl: true, hypervisor: name ?? 'hyper-v' }),
      },
    };
  },
};

const labelled = /^vm: ?([a-z0-9-]{0,32})\s*\ncontainer: ?([a-z0-9-]{0,32})\s*$/;

/** systemd-detect-virt(1). */
const containers = new Set([
  'openvz',
  'lxc',
  'lxc-libvirt',
  'systemd-nspawn',
  'docker',
  'podman',
  'rkt',
  'wsl',
  'proot',
  'pouch',
  'container-other',
]);

const isWord = (text: string): boolean =>
  text === 'none' || containers.has(text) || (/^[a-z-]{3,16}$/.test(text) && hypervisorOf(text) !== null);
