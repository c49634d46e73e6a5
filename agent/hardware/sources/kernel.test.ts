import { expect, it } from 'vitest';
import { read } from '../testing/host-sources.js';
import { kernel } from './kernel.js';

it('the kernel is named by its release, without who built it', () => {
  expect(read('bare-metal', kernel)?.host).toEqual({ os: 'linux', kernel: '6.8.0-57-generic' });
  expect(kernel.parse('Darwin 24.3.0\n')?.host).toEqual({ os: 'darwin', kernel: '24.3.0' });
});

it('the kernel of WSL2 is known by its name, and the first WSL is no machine', () => {
  expect(read('wsl2', kernel)?.host).toEqual({
    os: 'linux',
    kernel: '5.15.167.4-microsoft-standard-WSL2',
    wsl: true,
    hypervisor: 'hyper-v',
  });
  expect(kernel.parse('Linux version 4.4.0-19041-Microsoft (x@y)\n')?.host).not.toHaveProperty('hypervisor');
});

it('an Azure machine is not WSL', () => {
  expect(kernel.parse('Linux version 6.8.0-1021-azure (buildd@x)\n')?.host).not.toHaveProperty('wsl');
});
