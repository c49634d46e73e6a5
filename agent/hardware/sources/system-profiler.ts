import { limits } from '../../../protocol/limits.js';
import type { ReportedHost } from '../../../protocol/messages/hardware.js';
import type { RawCard, Source, SourceFacts } from '../source.js';
import { idsOf } from './card-ids.js';
import { isObject, type JsonObject, objectsOf, readJson } from './json.js';
import { countOf, pciOf, textOf } from './values.js';

/** A Mac: its chip or cards, and the machine around them. */
export const systemProfiler: Source = {
  name: 'system-profiler',
  extension: 'json',
  platforms: ['darwin'],
  origins: [
    { command: ['system_profiler', 'SPDisplaysDataType', 'SPHardwareDataType', '-json'] },
    { command: ['/usr/sbin/system_profiler', 'SPDisplaysDataType', 'SPHardwareDataType', '-json'] },
  ],
  isOf: (text) => /"SP(?:Displays|Hardware)DataType"\s*:/.test(text),
  parse,
};

function parse(text: string): SourceFacts | null {
  const report = readJson(text);
  if (!isObject(report)) return null;
  const { SPDisplaysDataType: displays, SPHardwareDataType: hardware } = report;
  if (displays === undefined && hardware === undefined) return null;
  const machine = objectsOf(hardware)[0] ?? {};
  const memoryMiB = sizeOf(machine.physical_memory);
  return {
    cards: objectsOf(displays)
      .slice(0, limits.cards)
      .flatMap((display) => cardOf(display, memoryMiB) ?? []),
    host: hostOf(machine, memoryMiB),
    ids: idsOf({ 'system-serial': machine.serial_number, 'system-uuid': machine.platform_UUID }),
  };
}

/** Null for a hypervisor's display, which computes nothing. */
function cardOf(display: JsonObject, memoryMiB: number | null): RawCard | null {
  const vendor = vendorOf(display);
  if (vendor === null || !makers.has(vendor)) return null;
  const device = display['spdisplays_device-id'];
  return {
    name: textOf(display.sppci_model) ?? textOf(display._name),
    // A chip of Apple's has no memory but the machine's; nor a place on a bus, nor a driver beside the system.
    memoryMiB:
      vendor === '106b'
        ? memoryMiB
        : (sizeOf(display.spdisplays_vram) ?? sizeOf(display.spdisplays_vram_shared)),
    pci: pciOf(vendor, device, null, null),
    vbios: textOf(display['spdisplays_rom-revision']),
    sms: countOf(display.sppci_cores),
    ids: [],
  };
}

/** Apple, AMD, Intel, NVIDIA. */
const makers = new Set(['106b', '1002', '8086', '10de']);

/** As an id, or by the names `sppci_vendor_Apple` and `AMD (0x1002)`. */
function vendorOf(display: JsonObject): string | null {
  const name = textOf(display.spdisplays_vendor) ?? '';
  const id = textOf(display['spdisplays_vendor-id']) ?? /\((0x[0-9a-f]{4})\)/i.exec(name)?.[1] ?? '';
  if (/^0x[0-9a-f]{4}$/i.test(id)) return id.slice(2).toLowerCase();
  if (/apple|^$/i.test(name) && /^Apple M\d/.test(textOf(display.sppci_model) ?? '')) return '106b';
  if (/_amd\b|_ati\b|^amd\b/i.test(name)) return '1002';
  if (/intel/i.test(name)) return '8086';
  return /nvidia/i.test(name) ? '10de' : null;
}

/** `64 GB`, by which Apple means GiB. */
function sizeOf(value: unknown): number | null {
  const [, number, unit] = /^(\d{1,6}(?:\.\d{1,3})?)\s*([MGT])B$/i.exec(textOf(value) ?? '') ?? [];
  const factor = unit === undefined ? 0 : { M: 1, G: 1024, T: 1024 * 1024 }[unit.toUpperCase()];
  return countOf(Number(number) * (factor ?? 0));
}

function hostOf(machine: JsonObject, memoryMiB: number | null): Partial<ReportedHost> {
  const model = textOf(machine.machine_model);
  return {
    os: 'darwin',
    hypervisor: hypervisorOf(model, textOf(machine.boot_rom_version)),
    system: { vendor: 'Apple', product: model },
    cpu: {
      model: textOf(machine.chip_type) ?? textOf(machine.cpu_type),
      sockets: countOf(machine.packages),
      cores: coresOf(machine.number_processors),
      threads: null,
    },
    memoryMiB,
  };
}

/** A count or, where there are cores of several kinds, `proc 12:8:4`: all of them, then each kind. */
const coresOf = (value: unknown): number | null =>
  countOf(value) ?? countOf(/^proc (\d+)(?::\d+)*$/.exec(textOf(value) ?? '')?.[1]);

const hypervisors: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/^VirtualMac/i, 'apple-virtualization'],
  [/^VMware|^VMW\d/i, 'vmware'],
  [/^Parallels/i, 'parallels'],
  [/^VirtualBox/i, 'virtualbox'],
  [/^(?:QEMU|KVM|Standard PC)/i, 'kvm'],
];

/** By the names that a virtual Mac gives itself, or its firmware. */
const hypervisorOf = (...names: (string | null)[]): string | null =>
  hypervisors.find(([pattern]) => names.some((name) => name !== null && pattern.test(name)))?.[1] ?? null;
