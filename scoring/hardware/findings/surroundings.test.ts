import { expect, it } from 'vitest';
import { reportWith } from '../testing/reports.js';
import { surroundings } from './surroundings.js';

it('notes a virtual machine, a container, WSL2 and what could not be read, and nothing of a plain host', () => {
  const codes = (host: Parameters<typeof reportWith>[1], unread: string[] = []) =>
    surroundings({ ...reportWith([], host), unread }).map(({ code, severity }) => {
      expect(severity).toBe('note');
      return code;
    });
  expect(codes({})).toEqual([]);
  expect(codes({ hypervisor: 'kvm', container: 'docker' })).toEqual([
    'hardware.virtual-machine',
    'hardware.container',
  ]);
  expect(codes({ wsl: true, hypervisor: 'hyper-v' })).toEqual(['hardware.wsl']);
  expect(codes({}, ['dmi: permission denied', 'lsblk: permission denied'])).toEqual(['hardware.unread']);
});
