import type { ReportedHost } from '../../../protocol/messages/hardware.js';
import type { Source } from '../source.js';
import { fieldOf } from './fields.js';
import { textOf } from './values.js';

/** The kernel's list of processors: one block each, of another form on every architecture. */
export const cpuinfo: Source = {
  name: 'cpuinfo',
  extension: 'txt',
  platforms: ['linux'],
  origins: [{ path: '/proc/cpuinfo' }],
  isOf: (text) => /^processor\s*:\s*\d+\s*$/m.test(text),
  parse: (text) => {
    const blocks = blocksOf(text);
    if (blocks.length === 0) return null;
    const guest = blocks.some((block) => /\bhypervisor\b/.test(block.get('flags') ?? ''));
    // The flag names nobody: other sources, which come before this one, may.
    return { host: { cpu: cpuOf(blocks), ...(guest && { hypervisor: 'hypervisor' }) } };
  },
};

type Block = ReadonlyMap<string, string>;

/** More threads than any machine has. */
const most = 8192;

function blocksOf(text: string): Block[] {
  const blocks: Map<string, string>[] = [];
  for (const line of text.split('\n')) {
    const [name, value] = fieldOf(line) ?? [];
    if (name === undefined || value === undefined) continue;
    // In lower case: on ARM a line `Processor` names the model of all.
    if (name === 'processor' && /^\d+$/.test(value)) {
      if (blocks.length === most) break;
      blocks.push(new Map());
    }
    blocks.at(-1)?.set(name, value);
  }
  return blocks;
}

function cpuOf(blocks: readonly Block[]): NonNullable<ReportedHost['cpu']> {
  const [first] = blocks;
  const sockets = new Set(blocks.map((block) => block.get('physical id')));
  const cores = new Set(blocks.map((block) => `${block.get('physical id')}/${block.get('core id')}`));
  const placed = blocks.every((block) => block.has('physical id') && block.has('core id'));
  return {
    model: textOf(first?.get('model name')) ?? armModel(first),
    sockets: placed ? sockets.size : null,
    cores: placed ? cores.size : null,
    threads: blocks.length,
  };
}

/** Cores of servers by maker and part, as Arm's and Ampere's manuals number them (MIDR_EL1); the kernel prints numbers only. */
const armCores: Readonly<Record<string, string>> = {
  '0x41/0xd03': 'Cortex-A53',
  '0x41/0xd07': 'Cortex-A57',
  '0x41/0xd08': 'Cortex-A72',
  '0x41/0xd0b': 'Cortex-A76',
  '0x41/0xd0c': 'Neoverse-N1',
  '0x41/0xd40': 'Neoverse-V1',
  '0x41/0xd42': 'Cortex-A78AE',
  '0x41/0xd49': 'Neoverse-N2',
  '0x41/0xd4f': 'Neoverse-V2',
  '0x41/0xd83': 'Neoverse-V3AE',
  '0x41/0xd84': 'Neoverse-V3',
  '0x41/0xd8e': 'Neoverse-N3',
  '0xc0/0xac3': 'Ampere-1',
  '0xc0/0xac4': 'Ampere-1a',
};

const armModel = (block: Block | undefined): string | null =>
  armCores[`${block?.get('CPU implementer')}/${block?.get('CPU part')}`] ?? null;
