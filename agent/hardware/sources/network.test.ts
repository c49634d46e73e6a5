import { describe, expect, it } from 'vitest';
import { read, valuesOf } from '../testing/host-sources.js';
import { network, ownAddress } from './network.js';

describe('network cards', () => {
  it('are known by the addresses that their makers gave them, each once', () => {
    expect(valuesOf(read('bare-metal', network), 'mac')).toEqual(['3c:ec:ef:b2:7a:54', '3c:ec:ef:b2:7a:55']);
  });

  it('of containers and of WSL2 identify nobody', () => {
    expect(read('docker-nvidia', network)).toEqual({ ids: [] });
    expect(read('wsl2', network)).toEqual({ ids: [] });
  });

  it('are the same in the kernel’s own files', () => {
    const files = [
      ['eno1', '3c:ec:ef:b2:7a:54'],
      ['br-5f3a', '3c:ec:ef:00:00:01'],
      ['lo', '00:00:00:00:00:00'],
    ].map(([name, address]) => `==> /sys/class/net/${name}/address <==\n${address}\n`);
    expect(valuesOf(network.parse(files.join('')), 'mac')).toEqual(['3c:ec:ef:b2:7a:54']);
  });

  it.each([
    ['04-42-1A-EF-77-31', '04:42:1a:ef:77:31'],
    ['02:42:ac:11:00:02', null],
    ['52:54:00:12:34:56', null],
    ['01:00:5e:00:00:01', null],
    ['ff:ff:ff:ff:ff:ff', null],
    ['00:00:00:00:00:00', null],
    ['00:15:5d:8e:1f:03', null],
    ['3c:ec:ef', null],
    [undefined, null],
  ])('with address %s count as %s', (address, own) => {
    expect(ownAddress(address)).toBe(own);
  });
});
