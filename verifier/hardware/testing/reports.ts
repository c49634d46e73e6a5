import { createHash } from 'node:crypto';
import type { Component, HardwareReport, ReportedCard } from '../../../protocol/messages/hardware.js';

// Reports for tests: complete, valid, and different where the tests say so.

/** A stable hash for a name. */
export const hashOf = (name: string): string => createHash('sha256').update(name).digest('hex');

export function reportedCard(changes: Partial<ReportedCard> = {}): ReportedCard {
  return {
    source: 'nvidia-smi',
    claim: 0,
    name: 'NVIDIA GeForce RTX 4090',
    architecture: 'Ada Lovelace',
    bus: '0000:01:00.0',
    pci: { vendor: '10de', device: '2684', subVendor: '10de', subDevice: '16f4' },
    busPci: null,
    procName: null,
    memoryMiB: 24564,
    ecc: false,
    mig: null,
    migSlices: [],
    virtualization: 'none',
    vbios: '95.02.3C.40.B1',
    partNumber: null,
    driver: '550.90.07',
    power: { defaultW: 450, minW: 150, maxW: 600, enforcedW: 450 },
    sms: null,
    maxGraphicsMHz: 3105,
    maxMemoryMHz: 10501,
    uuidForm: 'gpu',
    serialForm: null,
    multiGpuBoard: false,
    ...changes,
  };
}

export function hardwareReport(changes: Partial<HardwareReport> = {}): HardwareReport {
  return {
    version: 1,
    host: {
      os: 'linux',
      kernel: '6.8.0-45-generic',
      wsl: false,
      hypervisor: null,
      container: null,
      system: { vendor: 'Supermicro', product: 'X12' },
      cpu: { model: 'AMD EPYC 7543', sockets: 1, cores: 32, threads: 64 },
      memoryMiB: 257_650,
      disks: [
        { model: 'Samsung SSD 980', gigabytes: 1000 },
        { model: 'WDC WD40', gigabytes: 4000 },
      ],
      kernelDriver: '550.90.07',
      nvml: { version: '550.90.07', sha256: null },
      cuda: '12.4',
      mountsOverDriver: [],
      preloads: [],
      slicing: [],
    },
    cards: [reportedCard()],
    components: [component('gpu-uuid', 0, 'uuid'), component('machine-id', null, 'machine')],
    unread: [],
    ...changes,
  };
}

/** @param value its name; equal for equal ones */
export const component = (kind: Component['kind'], card: number | null, value: string): Component => ({
  kind,
  card,
  hash: hashOf(`${kind} ${value}`),
});
