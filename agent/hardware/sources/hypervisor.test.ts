import { expect, it } from 'vitest';
import { read } from '../testing/host-sources.js';
import { hypervisor } from './hypervisor.js';

it('bare metal shows no hypervisor', () => {
  expect(read('bare-metal', hypervisor)).toEqual({ host: {} });
  expect(hypervisor.parse('none\n')).toEqual({ host: {} });
});

it('WSL2 is a machine of Hyper-V and no container', () => {
  expect(read('wsl2', hypervisor)?.host).toEqual({ hypervisor: 'hyper-v', wsl: true });
  expect(hypervisor.parse('wsl\n')?.host).toEqual({ hypervisor: 'hyper-v', wsl: true });
});

it('a container in a machine shows both', () => {
  expect(hypervisor.parse('vm: amazon\ncontainer: docker\n')?.host).toEqual({
    hypervisor: 'nitro',
    container: 'docker',
  });
});

it.each([
  ['kvm', 'kvm'],
  ['qemu', 'kvm'],
  ['oracle', 'virtualbox'],
  ['microsoft', 'hyper-v'],
  ['xen', 'xen'],
  ['vm-other', 'hypervisor'],
])('the word %s means %s', (word, name) => {
  expect(hypervisor.parse(`${word}\n`)?.host).toEqual({ hypervisor: name });
});

it('other words are none of its', () => {
  expect(hypervisor.parse('vm: \n')).toBeNull();
  expect(hypervisor.parse('hello\n')).toBeNull();
});
