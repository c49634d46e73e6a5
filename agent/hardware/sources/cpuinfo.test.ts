import { describe, expect, it } from 'vitest';
import { read } from '../testing/host-sources.js';
import { cpuinfo } from './cpuinfo.js';

describe('processors', () => {
  it('of two sockets are counted by place', () => {
    expect(read('bare-metal', cpuinfo)).toEqual({
      host: { cpu: { model: 'AMD EPYC 9354 32-Core Processor', sockets: 2, cores: 4, threads: 8 } },
    });
  });

  it('that say they are run by a hypervisor do not say by which', () => {
    expect(read('passthrough-vm', cpuinfo)?.host?.hypervisor).toBe('hypervisor');
  });

  it('of ARM are named by their maker and part, without places', () => {
    const block = (at: number) =>
      `processor\t: ${at}\nBogoMIPS\t: 2000.00\nFeatures\t: fp asimd sve\nCPU implementer\t: 0x41\nCPU part\t: 0xd4f\n`;
    expect(cpuinfo.parse([0, 1, 2].map(block).join('\n'))?.host).toEqual({
      cpu: { model: 'Neoverse-V2', sockets: null, cores: null, threads: 3 },
    });
  });

  it('of an unknown kind are only counted', () => {
    expect(cpuinfo.parse('processor\t: 0\nisa\t: rv64imafdc\n')?.host?.cpu).toEqual({
      model: null,
      sockets: null,
      cores: null,
      threads: 1,
    });
  });
});
