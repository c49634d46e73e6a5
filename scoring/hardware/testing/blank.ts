import type { ReportedCard, ReportedHost } from '../../../protocol/messages/hardware.js';

/** A card of which `nvidia-smi` says this and nothing else. */
export const cardWith = (facts: Partial<ReportedCard>): ReportedCard => ({
  source: 'nvidia-smi',
  claim: null,
  name: null,
  architecture: null,
  bus: null,
  pci: null,
  busPci: null,
  procName: null,
  memoryMiB: null,
  ecc: null,
  mig: null,
  migSlices: [],
  virtualization: null,
  vbios: null,
  partNumber: null,
  driver: null,
  power: null,
  sms: null,
  maxGraphicsMHz: null,
  maxMemoryMHz: null,
  uuidForm: null,
  serialForm: null,
  multiGpuBoard: null,
  ...facts,
});

/** A host of which this is known and nothing else. */
export const hostWith = (facts: Partial<ReportedHost>): ReportedHost => ({
  os: null,
  kernel: null,
  wsl: false,
  hypervisor: null,
  container: null,
  system: null,
  cpu: null,
  memoryMiB: null,
  disks: [],
  kernelDriver: null,
  nvml: null,
  cuda: null,
  mountsOverDriver: [],
  preloads: [],
  slicing: [],
  ...facts,
});
