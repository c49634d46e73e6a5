import { describe, expect, it } from 'vitest';
import { read } from '../testing/host-sources.js';
import { lscpu } from './lscpu.js';

describe('lscpu', () => {
  it('names the hypervisor that the kernel only knows to be there', () => {
    expect(read('passthrough-vm', lscpu)?.host).toEqual({
      cpu: { model: 'AMD Ryzen 9 7950X 16-Core Processor', sockets: 1, cores: 4, threads: 4 },
      hypervisor: 'kvm',
    });
  });

  it('takes what a processor can do for no hypervisor', () => {
    const real =
      'Architecture:  x86_64\nCPU(s):  8\nVirtualization:  VT-x\nCore(s) per socket: 4\nSocket(s): 1\n';
    expect(lscpu.parse(real)?.host).toEqual({ cpu: { model: null, sockets: 1, cores: 4, threads: 8 } });
  });
});
