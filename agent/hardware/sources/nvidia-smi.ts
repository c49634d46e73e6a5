import { limits } from '../../../protocol/limits.js';
import type { MigSlice, PciIds, ReportedCard } from '../../../protocol/messages/hardware.js';
import type { RawCard, Source, SourceFacts } from '../source.js';
import { idsOf, serialFormOf, uuidFormOf } from './card-ids.js';
import { busOf, countOf, pciOf, significant, textOf, wattsOf } from './values.js';
import { childrenOf, elementAt, readXml, textAt, type XmlElement } from './xml.js';

const query = ['-q', '-x'] as const;

/** All that NVIDIA's tool says of its cards: documents of the schemas nvsmi_device_v8 to v13, and what is like them. */
export const nvidiaSmi: Source = {
  name: 'nvidia-smi',
  extension: 'xml',
  platforms: ['linux', 'win32'],
  origins: [
    { command: ['nvidia-smi', ...query] },
    { command: ['/usr/lib/wsl/lib/nvidia-smi', ...query] },
    { command: ['C:\\Windows\\System32\\nvidia-smi.exe', ...query] },
    { command: ['C:\\Program Files\\NVIDIA Corporation\\NVSMI\\nvidia-smi.exe', ...query] },
  ],
  isOf: (text) => /<nvidia_smi_log[\s>]/.test(text),
  parse,
};

/** Long, unread, or with names of programs in them that need not be XML. */
const unread = ['supported_clocks', 'processes', 'accounted_processes', 'retired_pagelist'];

function parse(text: string): SourceFacts | null {
  const log = readXml(text, 'nvidia_smi_log', unread);
  if (log === null) return null;
  const driver = textOf(textAt(log, 'driver_version'));
  const gpus = childrenOf(log, 'gpu');
  // More than the tool counted: somebody wrote cards into it, such as a tenant by the name of a program.
  if (gpus.length > (countOf(textAt(log, 'attached_gpus')) ?? gpus.length)) return null;
  return {
    cards: gpus.slice(0, limits.cards).map((gpu) => cardOf(gpu, driver)),
    host: { cuda: textOf(textAt(log, 'cuda_version')) },
  };
}

function cardOf(gpu: XmlElement, driver: string | null): RawCard {
  const at = (...path: string[]) => textAt(gpu, ...path);
  return {
    name: textOf(at('product_name')),
    architecture: textOf(at('product_architecture')),
    bus: busOf(at('pci', 'pci_bus_id')) ?? busOf(gpu.attributes.get('id')),
    pci: pciOfWords(at('pci', 'pci_device_id'), at('pci', 'pci_sub_system_id')),
    memoryMiB: countOf(at('fb_memory_usage', 'total')),
    ecc: switchOf(at('ecc_mode', 'current_ecc')),
    mig: switchOf(at('mig_mode', 'current_mig')),
    migSlices: childrenOf(elementAt(gpu, 'mig_devices'), 'mig_device').slice(0, maxSlices).map(sliceOf),
    virtualization: virtualizationOf(at('gpu_virtualization_mode', 'virtualization_mode')),
    vbios: textOf(at('vbios_version')),
    partNumber: partOf(at('gpu_part_number')),
    driver,
    power: powerOf(gpu),
    maxGraphicsMHz: countOf(at('max_clocks', 'graphics_clock') ?? at('clocks_max', 'graphics_clock')),
    maxMemoryMHz: countOf(at('max_clocks', 'mem_clock') ?? at('clocks_max', 'mem_clock')),
    uuidForm: uuidFormOf(at('uuid')),
    serialForm: serialFormOf(at('serial')),
    multiGpuBoard: switchOf(at('multigpu_board')),
    ids: idsOf({ 'gpu-uuid': at('uuid'), 'gpu-pdi': at('pdi'), 'gpu-serial': at('serial') }),
  };
}

/** No card is split into more; also what a report may list. */
export const maxSlices = 8;

const sliceOf = (device: XmlElement): MigSlice => ({
  // The name of a profile is only in the list, `nvidia-smi -L`.
  profile: null,
  memoryMiB: countOf(textAt(device, 'fb_memory_usage', 'total')),
  sms: countOf(textAt(device, 'device_attributes', 'shared', 'multiprocessor_count')),
});

/** Ids as NVIDIA's tool writes them: the device's four digits, then its maker's: `268410DE`. */
function pciOfWords(device: string | null, subsystem: string | null): PciIds | null {
  const [deviceId, vendorId] = halves(device);
  const [subDevice, subVendor] = halves(subsystem);
  return pciOf(vendorId, deviceId, subVendor, subDevice);
}

const halves = (word: string | null): readonly [string | null, string | null] => {
  const digits = /^(?:0x)?([0-9a-f]{8})$/i.exec(word?.trim() ?? '')?.[1];
  return digits === undefined ? [null, null] : [digits.slice(0, 4), digits.slice(4)];
};

const switches: ReadonlyMap<string, boolean> = new Map([
  ['enabled', true],
  ['yes', true],
  ['on', true],
  ['disabled', false],
  ['no', false],
  ['off', false],
]);

const switchOf = (value: string | null): boolean | null =>
  switches.get(value?.trim().toLowerCase() ?? '') ?? null;

const virtualizations: ReadonlyMap<string, NonNullable<ReportedCard['virtualization']>> = new Map([
  // Not what `textOf` takes for unknown: here it is said that there is none.
  ['none', 'none'],
  ['passthrough', 'passthrough'],
  ['vgpu', 'vgpu'],
  ['hostvgpu', 'host-vgpu'],
  ['hostvsga', 'host-vgpu'],
]);

function virtualizationOf(value: string | null): ReportedCard['virtualization'] {
  const known = virtualizations.get(value?.toLowerCase().replace(/[^a-z]/g, '') ?? '');
  return known ?? (textOf(value) === null ? null : 'other');
}

/** A part number of zeros only has been blanked. */
const partOf = (value: string | null): string | null => {
  const text = textOf(value);
  return text === null || /^0+$/.test(significant(text)) ? null : text;
};

/** Since schema v12 readings are the GPU's or, where several chips share limits, the module's. */
const powerGroups = ['gpu_power_readings', 'power_readings', 'module_power_readings'];

function powerOf(gpu: XmlElement): ReportedCard['power'] {
  for (const group of powerGroups) {
    const limit = (...names: string[]): number | null => {
      for (const name of names) {
        const watts = wattsOf(textAt(gpu, group, name));
        if (watts !== null) return watts;
      }
      return null;
    };
    const power = {
      defaultW: limit('default_power_limit'),
      minW: limit('min_power_limit'),
      maxW: limit('max_power_limit'),
      enforcedW: limit('enforced_power_limit', 'current_power_limit', 'power_limit'),
    };
    if (Object.values(power).some((watts) => watts !== null)) return power;
  }
  return null;
}
