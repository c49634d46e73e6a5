import { describe, expect, it } from 'vitest';
import { sameName } from '../identity.js';
import { known, nvidiaPci, viewWith } from '../testing/reports.js';
import { driverAgainstBus, pciAgainstName } from './pci.js';

const found = (name: string | null, id: string, more: Parameters<typeof viewWith>[0] = {}) =>
  pciAgainstName(viewWith({ name, pci: nvidiaPci(id), ...more }), known).map(({ code }) => code);
const written = ({ words, memoryGB }: { words: string; memoryGB: number | null }) =>
  memoryGB === null ? words : `${words} ${memoryGB}GB`;

describe('name against PCI id', () => {
  it('accepts every listed name with every id that is listed for it', () => {
    for (const { name, device } of known.names.filter(({ vendor }) => vendor === '10de'))
      expect(found(written(name), device), `${name.words} ${device}`).toEqual([]);
  });

  it('finds every model of the catalogue under the name of any other', () => {
    const models = known.models.filter(({ vendor, devices }) => vendor === 'nvidia' && devices.length > 0);
    for (const { devices } of models)
      for (const {
        names: [name],
      } of models) {
        const [device] = devices;
        if (name === undefined || device === undefined) continue;
        const theirs = known.names.some((one) => one.device === device && sameName(one.name, name));
        expect(found(written(name), device)).toEqual(theirs ? [] : ['hardware.pci-name-mismatch']);
      }
  });

  it('notes an id that is not listed, and finds it where its chip is of another architecture', () => {
    expect(found('NVIDIA GeForce RTX 3080', '2217')).toEqual(['hardware.pci-unlisted']);
    expect(found('NVIDIA GeForce RTX 4090', '2217')).toEqual(['hardware.pci-name-mismatch']);
    expect(found('NVIDIA GeForce RTX 4090', '3a80')).toEqual(['hardware.pci-unlisted']);
  });

  it('notes a name that is not listed', () =>
    expect(found('NVIDIA GeForce RTX 4090 Super', '2684')).toEqual(['hardware.pci-unlisted']));

  it('holds nothing against a driver that knows no name, a list of the bus, and a guest', () => {
    expect(found('Graphics Device', '2684')).toEqual([]);
    expect(found('GeForce RTX 3060', '2684', { source: 'lspci' })).toEqual([]);
    expect(found('NVIDIA GeForce RTX 3060', '2684', { virtualization: 'vgpu' })).toEqual([]);
  });
});

describe('driver against bus', () => {
  const ids = { vendor: '10de', device: '2684', subVendor: '1043', subDevice: '889d' };
  const differ = (bus: Partial<typeof ids>) =>
    driverAgainstBus(viewWith({ pci: ids, busPci: { ...ids, ...bus } })).map(({ code }) => code);

  it('finds another device and another board', () => {
    expect(differ({ device: '2504' })).toEqual(['hardware.pci-sources-differ']);
    expect(differ({ vendor: '1002' })).toEqual(['hardware.pci-sources-differ']);
    expect(differ({ subDevice: '5103' })).toEqual(['hardware.pci-sources-differ']);
  });

  it('holds nothing against one that knows less', () => {
    expect(differ({})).toEqual([]);
    expect(
      driverAgainstBus(viewWith({ pci: ids, busPci: { ...ids, subVendor: null, subDevice: null } })),
    ).toEqual([]);
    expect(driverAgainstBus(viewWith({ pci: null, busPci: ids }))).toEqual([]);
  });
});
