import { expect, test } from 'vitest';
import { gpuCapture } from '../testing/gpu-capture.js';
import { lspci } from './lspci.js';

test('GPUs are found among the devices of a server, also those that the list of names lacks', () => {
  expect(lspci.parse(gpuCapture('lspci-server.txt'))?.cards).toEqual([
    {
      name: 'GeForce RTX 4090',
      bus: '0000:01:00.0',
      busPci: { vendor: '10de', device: '2684', subVendor: '1043', subDevice: '889d' },
      ids: [],
    },
    {
      name: null,
      bus: '10000:c1:00.0',
      busPci: { vendor: '10de', device: '2bb5', subVendor: '10de', subDevice: '204e' },
      ids: [],
    },
    {
      name: 'Instinct MI100',
      bus: '0000:e3:00.0',
      busPci: { vendor: '1002', device: '738c', subVendor: null, subDevice: null },
      ids: [],
    },
    {
      name: 'Instinct MI300X',
      bus: '0000:e5:00.0',
      busPci: { vendor: '1002', device: '74a1', subVendor: null, subDevice: null },
      ids: [],
    },
  ]);
});

test('displays of hypervisors and of management controllers are no cards', () => {
  expect(lspci.parse(gpuCapture('lspci-virtual-displays.txt'))).toEqual({ cards: [] });
});

test('lines may end as on Windows, places lack their domain, and ids stand alone', () => {
  const text = 'Slot:\t65:00.0\r\nClass:\t0302\r\nVendor:\t10de\r\nDevice:\t20b0\r\n\r\n';
  expect(lspci.parse(text)?.cards?.[0]).toMatchObject({
    name: null,
    bus: '0000:65:00.0',
    busPci: { vendor: '10de', device: '20b0' },
  });
});

test('another text is none of this', () => {
  expect(lspci.parse('pcilib: Cannot open /proc/bus/pci')).toBeNull();
});
