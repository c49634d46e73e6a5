import type { CardClaim } from '../../../protocol/messages/cards.js';
import type { Component, ReportedCard, ReportedHost } from '../../../protocol/messages/hardware.js';
import { loadKnownHardware } from '../read-known.js';
import { type CardView, type ReadReport, viewsOf } from '../view.js';

export const known = loadKnownHardware();

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

export const reportWith = (
  cards: readonly Partial<ReportedCard>[],
  host: Partial<ReportedHost> = {},
  components: readonly Component[] = [],
): ReadReport => ({
  host: hostWith(host),
  cards: cards.map(cardWith),
  components: [...components],
  unread: [],
});

/** One card as findings look at it. */
export function viewWith(
  card: Partial<ReportedCard>,
  { host = {}, claims = null }: { host?: Partial<ReportedHost>; claims?: readonly CardClaim[] | null } = {},
): CardView {
  const [view] = viewsOf(reportWith([card], host), claims, known);
  if (view === undefined) throw new Error('There is one card.');
  return view;
}

/** Ids of a PCI function of NVIDIA's, written `2684` or `25b6:14a9`. */
export function nvidiaPci(id: string): NonNullable<ReportedCard['pci']> {
  const [device = '', subDevice = null] = id.split(':');
  return { vendor: '10de', device, subVendor: subDevice === null ? null : '10de', subDevice };
}

export const gpuClaim = (model: string, memoryMiB = 0): CardClaim => ({
  kind: 'gpu',
  model,
  memoryBytes: memoryMiB * 2 ** 20,
  engine: null,
});
