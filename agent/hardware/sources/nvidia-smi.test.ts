import { expect, test } from 'vitest';
import { limits } from '../../../protocol/limits.js';
import { gpuCapture } from '../testing/gpu-capture.js';
import { nvidiaSmi } from './nvidia-smi.js';

const cardsOf = (text: string) => nvidiaSmi.parse(text)?.cards ?? [];
const cardOf = (name: string) => cardsOf(gpuCapture(name))[0];

test('a report of 2018 is read whole, whatever its programs are called', () => {
  const [first, second, ...more] = cardsOf(gpuCapture('v8-two-cards.xml'));
  expect(first).toEqual({
    name: 'GeForce GTX 1080 Ti',
    architecture: null,
    bus: '0000:02:00.0',
    pci: { vendor: '10de', device: '1b06', subVendor: '1043', subDevice: '85e5' },
    memoryMiB: 11172,
    ecc: null,
    mig: null,
    migSlices: [],
    virtualization: 'none',
    vbios: '86.02.39.00.1A',
    partNumber: null,
    driver: '384.111',
    power: { defaultW: 250, minW: 125, maxW: 330, enforcedW: 250 },
    maxGraphicsMHz: 1999,
    maxMemoryMHz: 5505,
    uuidForm: 'gpu',
    serialForm: null,
    multiGpuBoard: false,
    ids: [{ kind: 'gpu-uuid', value: 'GPU-0b6c1f2e-7a34-91d5-cc08-5e3a9b1d7f42' }],
  });
  expect(second?.bus).toBe('0000:81:00.0');
  expect(second?.power).toBeNull();
  expect(more).toEqual([]);
});

test('slices of a GPU are its slices, not cards', () => {
  const cards = cardsOf(gpuCapture('v11-mig.xml'));
  expect(cards).toHaveLength(1);
  expect(cards[0]).toMatchObject({
    mig: true,
    migSlices: [
      { profile: null, memoryMiB: 20096, sms: 42 },
      { profile: null, memoryMiB: 4864, sms: 14 },
    ],
    memoryMiB: 40536,
    ecc: true,
    serialForm: 'plain',
    power: { defaultW: 400, enforcedW: 300 },
  });
});

test('limits are the GPU’s, and the module’s where only that has any', () => {
  expect(cardOf('v13-consumer.xml')?.power).toEqual({ defaultW: 450, minW: 10, maxW: 600, enforcedW: 300 });
  expect(cardOf('v12-module-power.xml')?.power).toEqual({
    defaultW: 900,
    minW: 100,
    maxW: 1000,
    enforcedW: 900,
  });
});

test('a card of schema 13 has the id of its die too', () => {
  const facts = nvidiaSmi.parse(gpuCapture('v13-consumer.xml'));
  expect(facts?.host).toEqual({ cuda: '13.0' });
  expect(facts?.cards?.[0]).toMatchObject({
    virtualization: 'passthrough',
    partNumber: '2684-301-A1',
    ecc: false,
    mig: null,
    ids: [
      { kind: 'gpu-uuid', value: 'GPU-7f19c3a2-08de-5b64-e1f7-d2906c4a8b35' },
      { kind: 'gpu-pdi', value: '0x4d81c6e07b92f35a' },
    ],
  });
});

test('on WSL2 much is not known, and that is all', () => {
  expect(cardOf('v12-wsl2.xml')).toMatchObject({
    name: 'NVIDIA GeForce RTX 3060 Laptop GPU',
    driver: '573.24',
    memoryMiB: 6144,
    ecc: null,
    power: { defaultW: 80, minW: 1, maxW: null, enforcedW: null },
    serialForm: null,
    uuidForm: 'gpu',
  });
});

test('what was blanked is not known: never a zero, never an id', () => {
  const [zeros, masked, lost] = cardsOf(gpuCapture('v12-blanked.xml'));
  const blank = { ids: [], memoryMiB: null, pci: null, power: null, vbios: null, partNumber: null };
  expect(zeros).toMatchObject({ ...blank, driver: null, uuidForm: 'zero', serialForm: 'zero' });
  expect(masked).toMatchObject({ ...blank, bus: null, uuidForm: null, serialForm: null });
  expect(lost).toMatchObject({ ...blank, name: null, bus: '0000:67:00.0', uuidForm: null, serialForm: null });
});

test('GPUs of one board share its serial and keep their own ids', () => {
  const [first, second] = cardsOf(gpuCapture('v12-board-of-four.xml'));
  expect(first).toMatchObject({ multiGpuBoard: true, virtualization: 'host-vgpu' });
  expect(second).toMatchObject({ multiGpuBoard: true, virtualization: 'vgpu' });
  expect(first?.ids[1]).toEqual(second?.ids[1]);
  expect(first?.ids[0]).not.toEqual(second?.ids[0]);
});

test('a UUID that no driver makes is malformed, and still an id', () => {
  const text = gpuCapture('v13-consumer.xml').replace('GPU-7f19c3a2-08de-5b64', 'GPU-7f19c3a2-5b64');
  expect(cardsOf(text)[0]).toMatchObject({ uuidForm: 'malformed', ids: [{ kind: 'gpu-uuid' }, {}] });
});

test('what the tool prints around the document does not matter, nor how lines end', () => {
  const text = gpuCapture('v13-consumer.xml');
  const noisy = `\ufeffUnable to determine the device handle for GPU1: 0000:C1:00.0: Unknown Error\r\n${text.replaceAll('\n', '\r\n')}\r\nWARNING: infoROM is corrupted at gpu 0000:01:00.0 <!--`;
  expect(nvidiaSmi.isOf(noisy)).toBe(true);
  expect(nvidiaSmi.parse(noisy)).toEqual(nvidiaSmi.parse(text));
});

test('sixteen cards are sixteen, and of too many the first', () => {
  const card = (i: number) =>
    `<gpu id="00000000:${i.toString(16)}:00.0"><product_name>NVIDIA A100</product_name></gpu>`;
  const report = (cards: number) =>
    `<nvidia_smi_log>${Array.from({ length: cards }, (_, i) => card(i)).join('')}</nvidia_smi_log>`;
  expect(cardsOf(report(16)).map(({ bus }) => bus)).toContain('0000:0f:00.0');
  expect(cardsOf(report(16))).toHaveLength(16);
  expect(cardsOf(report(200))).toHaveLength(limits.cards);
});

test('a machine without cards has none, and another text is none of this', () => {
  expect(nvidiaSmi.parse('<nvidia_smi_log><attached_gpus>0</attached_gpus></nvidia_smi_log>')?.cards).toEqual(
    [],
  );
  expect(nvidiaSmi.parse('NVIDIA-SMI has failed because it could not communicate')).toBeNull();
  expect(nvidiaSmi.isOf('GPU 0: NVIDIA A100')).toBe(false);
});

test('a report with more cards than its tool counted is none: somebody wrote them into it', () => {
  const text = gpuCapture('v8-two-cards.xml');
  const forged = text.replace('</nvidia_smi_log>', '<gpu id="1"><uuid>A</uuid></gpu></nvidia_smi_log>');
  expect(cardsOf(text)).toHaveLength(2);
  expect(cardsOf(forged.replace(/<attached_gpus>.*/, ''))).toHaveLength(3);
  expect(nvidiaSmi.parse(forged)).toBeNull();
});
