import type { RawId, Source, SourceFacts } from '../source.js';
import { fieldOf } from './fields.js';
import { baseName, sectionsOf } from './headed.js';
import { hypervisorOf, hypervisorOfFirmware } from './hypervisors.js';
import { idOf, textOf } from './values.js';

/** What firmware says of the machine. Serials and the UUID can be read by root only. */
export const dmi: Source = {
  name: 'dmi',
  extension: 'txt',
  platforms: ['linux'],
  origins: [
    { paths: '/sys/class/dmi/id/*' },
    { command: ['dmidecode', '-t', 'system', '-t', 'baseboard', '-t', 'bios'] },
  ],
  isOf: (text) => sysfs.test(text) || tables.test(text),
  parse: (text) => {
    const firmware = sysfs.test(text) ? ofSysfs(text) : tables.test(text) ? ofTables(text) : null;
    return firmware && factsOf(firmware);
  },
};

const sysfs = /^==> \/sys\/(?:class|devices\/virtual)\/dmi\/id\/\w+ <==/m;
const tables = /^(?:System|Base Board|BIOS) Information[^\S\n]*\r?$/m;

/** The kernel's names, of files below `/sys/class/dmi/id`. */
type Firmware = ReadonlyMap<string, string>;

const ofSysfs = (text: string): Firmware =>
  new Map(
    sectionsOf(text)
      .filter(({ path }) => path.includes('/dmi/id/'))
      .map(({ path, text: value }) => [baseName(path), value]),
  );

/** dmidecode's tables and fields by the kernel's names. */
const kernelNames: Readonly<Record<string, string>> = {
  'BIOS Information/Vendor': 'bios_vendor',
  'System Information/Manufacturer': 'sys_vendor',
  'System Information/Product Name': 'product_name',
  'System Information/Serial Number': 'product_serial',
  'System Information/UUID': 'product_uuid',
  'Base Board Information/Manufacturer': 'board_vendor',
  'Base Board Information/Product Name': 'board_name',
  'Base Board Information/Serial Number': 'board_serial',
};

function ofTables(text: string): Firmware {
  const firmware = new Map<string, string>();
  let table = '';
  for (const line of text.split(/\r?\n/)) {
    // Fields stand further in than the name of their table.
    if (!/^\s/.test(line)) table = line.trim();
    const [field, value] = fieldOf(line) ?? [];
    const name = kernelNames[`${table}/${field}`];
    // Of several boards the first is the one that all else is plugged into.
    if (name && value !== undefined && !firmware.has(name)) firmware.set(name, value);
  }
  return firmware;
}

function factsOf(firmware: Firmware): SourceFacts {
  const vendor = nameOf(firmware.get('sys_vendor')) ?? nameOf(firmware.get('board_vendor'));
  const product = nameOf(firmware.get('product_name')) ?? nameOf(firmware.get('board_name'));
  const hypervisor =
    hypervisorOfFirmware(vendor, product) ?? hypervisorOf(hypervisorBios(firmware.get('bios_vendor')));
  const ids = [
    idIn(firmware, 'product_uuid', 'system-uuid'),
    idIn(firmware, 'product_serial', 'system-serial'),
    idIn(firmware, 'board_serial', 'board-serial'),
  ];
  return {
    host: {
      ...((vendor !== null || product !== null) && { system: { vendor, product } }),
      ...(hypervisor !== null && { hypervisor }),
    },
    ids: ids.filter((id) => id !== null),
  };
}

/** Firmware of guests only. Others, such as SeaBIOS and EDK II, are on real boards too. */
const hypervisorBios = (vendor: string | undefined): string | undefined =>
  vendor?.match(/^(?:xen|innotek gmbh|bhyve|parallels)/i)?.[0];

/** A name that somebody wrote, not the form's own. */
function nameOf(value: string | undefined): string | null {
  const name = textOf(value);
  return name === null ||
    /^(?:system|board|base ?board)[ -](?:manufacturer|product(?: name)?|name)$/i.test(name)
    ? null
    : name;
}

function idIn(firmware: Firmware, name: string, kind: RawId['kind']): RawId | null {
  const value = idOf(firmware.get(name));
  return value === null ? null : { kind, value };
}
