import { expect, test } from 'vitest';
import { gpuCapture } from '../testing/gpu-capture.js';
import { rocmSmi } from './rocm-smi.js';

const cardsOf = (name: string) => rocmSmi.parse(gpuCapture(name))?.cards;

test('a card of an old version is read behind a warning', () => {
  expect(cardsOf('rocm-smi-old.txt')).toEqual([
    {
      name: 'Arcturus GL-XL [AMD Instinct MI100]',
      architecture: null,
      bus: '0000:c9:00.0',
      pci: { vendor: '1002', device: '738c', subVendor: null, subDevice: null },
      memoryMiB: 32752,
      vbios: '113-D3431401-100',
      driver: '5.13.20.5.1',
      power: { defaultW: null, minW: null, maxW: 290, enforcedW: null },
      uuidForm: 'gpu',
      serialForm: 'plain',
      ids: [
        { kind: 'gpu-uuid', value: '0x9f2c41d7e8b05a36' },
        { kind: 'gpu-serial', value: '692024001817' },
      ],
    },
  ]);
});

test('newer versions write names elsewhere, and a masked id is none', () => {
  const [card, integrated] = cardsOf('rocm-smi-new.txt') ?? [];
  expect(card).toMatchObject({
    name: 'Radeon RX 7900 XT',
    architecture: 'gfx1100',
    pci: { device: '744c', subDevice: '471e' },
    memoryMiB: 20464,
    driver: '6.8.5',
    serialForm: null,
    ids: [{ kind: 'gpu-uuid' }],
  });
  expect(integrated).toMatchObject({ name: 'Raphael', uuidForm: null, serialForm: 'zero', ids: [] });
});

test('the tool that follows it is read as well', () => {
  expect(cardsOf('amd-smi.json')).toEqual([
    {
      name: 'AMD Instinct MI300X',
      architecture: 'gfx942',
      bus: '0000:05:00.0',
      pci: { vendor: '1002', device: '74a1', subVendor: '1002', subDevice: '74a1' },
      memoryMiB: 196592,
      vbios: '113-M3000100-102',
      driver: '6.10.5',
      power: { defaultW: null, minW: null, maxW: 750, enforcedW: 750 },
      sms: 304,
      uuidForm: 'gpu',
      serialForm: 'plain',
      ids: [
        { kind: 'gpu-uuid', value: '0x51D8C07E3BA94F26' },
        { kind: 'gpu-serial', value: '692251001124' },
      ],
    },
  ]);
  expect(rocmSmi.isOf(gpuCapture('amd-smi.json'))).toBe(true);
});

test('other texts, and other JSON, are none of this', () => {
  expect(rocmSmi.parse('rocm-smi: command not found')).toBeNull();
  expect(rocmSmi.parse('{"SPHardwareDataType": []}')).toBeNull();
  expect(rocmSmi.parse('[1, null, {"asic": null}]')).toBeNull();
});
