import type { RawId, Source, SourceFacts } from '../source.js';
import { describeDisk, diskId, mostDisks } from './disk.js';
import { hypervisorOfFirmware } from './hypervisors.js';
import { isObject, type JsonObject, objectsOf, readJson } from './json.js';
import { mostCards, ownAddress } from './network.js';
import { countOf, idOf, plainNumber, textOf } from './values.js';

const ask = (name: string, fields: string) =>
  `${name}=@(Get-CimInstance Win32_${name}|Select-Object ${fields})`;

/** No double quotes within: they would not come through Windows' own passing of arguments. */
const script = [
  "$ErrorActionPreference='SilentlyContinue'",
  `@{${[
    ask('OperatingSystem', 'Version'),
    ask('ComputerSystem', 'Manufacturer,Model,TotalPhysicalMemory'),
    ask('ComputerSystemProduct', 'UUID,IdentifyingNumber'),
    ask('BaseBoard', 'SerialNumber'),
    ask('Processor', 'Name,NumberOfCores,NumberOfLogicalProcessors'),
    ask('DiskDrive', 'Model,Size,SerialNumber,InterfaceType'),
    ask('NetworkAdapter', 'MACAddress,PhysicalAdapter,PNPDeviceID'),
    "MachineGuid=(Get-ItemProperty 'HKLM:\\SOFTWARE\\Microsoft\\Cryptography').MachineGuid",
  ].join(';')}}|ConvertTo-Json -Depth 4 -Compress`,
].join(';');

/** What Windows knows of its machine, in one answer: its shell takes seconds to start. */
export const windows: Source = {
  name: 'windows',
  extension: 'json',
  platforms: ['win32'],
  origins: [{ command: ['powershell', '-NoProfile', '-NonInteractive', '-Command', script] }],
  isOf: (text) => /^[\s\ufeff]*\{/.test(text) && /"ComputerSystemProduct"\s*:/.test(text),
  parse: (text) => (windows.isOf(text) ? factsOf(readJson(text)) : null),
};

function factsOf(answer: unknown): SourceFacts | null {
  if (!isObject(answer) || !('ComputerSystemProduct' in answer)) return null;
  // Its shell may write a list of one as that one.
  const all = (name: string) => objectsOf([answer[name]].flat());
  const first = (name: string) => all(name)[0] ?? {};
  const [system, product] = [first('ComputerSystem'), first('ComputerSystemProduct')];
  const [vendor, model] = [textOf(system.Manufacturer), textOf(system.Model)];
  const hypervisor = hypervisorOfFirmware(vendor, model);
  const disks = all('DiskDrive')
    .filter(({ InterfaceType }) => InterfaceType !== 'USB')
    .slice(0, mostDisks);
  return {
    host: {
      os: 'windows',
      kernel: textOf(first('OperatingSystem').Version),
      ...((vendor !== null || model !== null) && { system: { vendor, product: model } }),
      ...(hypervisor !== null && { hypervisor }),
      cpu: cpuOf(all('Processor')),
      memoryMiB: countOf(plainNumber(system.TotalPhysicalMemory) / 2 ** 20),
      disks: disks.map(({ Model, Size }) => describeDisk(Model, Size)),
    },
    ids: [
      ...idFrom('system-uuid', product.UUID),
      ...idFrom('system-serial', product.IdentifyingNumber),
      ...idFrom('board-serial', first('BaseBoard').SerialNumber),
      ...idFrom('machine-id', answer.MachineGuid),
      ...disks
        .map(({ Model, SerialNumber }) =>
          diskId({ model: Model, serial: SerialNumber, wwn: nameIn(SerialNumber) }),
        )
        .filter((id) => id !== null),
      ...macsOf(all('NetworkAdapter')),
    ],
  };
}

/** Windows writes the name of an NVMe disk as its serial: `0025_3846_31B1_0F2A.`. */
const nameIn = (serial: unknown): string | undefined =>
  typeof serial === 'string' && /^(?:[0-9a-f]{4}_){3,7}[0-9a-f]{4}\.$/i.test(serial.trim())
    ? serial.replace(/[_.]/g, '')
    : undefined;

/** One row for each socket. */
function cpuOf(sockets: readonly JsonObject[]) {
  const sum = (name: string) =>
    countOf(sockets.reduce((total, socket) => total + (countOf(socket[name]) ?? 0), 0));
  return {
    model: textOf(sockets[0]?.Name),
    sockets: countOf(sockets.length),
    cores: sum('NumberOfCores'),
    threads: sum('NumberOfLogicalProcessors'),
  };
}

const idFrom = (kind: RawId['kind'], value: unknown): RawId[] => {
  const id = idOf(value);
  return id === null ? [] : [{ kind, value: id }];
};

function macsOf(adapters: readonly JsonObject[]): RawId[] {
  const own = adapters
    .filter(
      ({ PhysicalAdapter, PNPDeviceID }) => PhysicalAdapter === true && /^PCI\\/i.test(String(PNPDeviceID)),
    )
    .map(({ MACAddress }) => ownAddress(MACAddress))
    .filter((address) => address !== null);
  return [...new Set(own)].slice(0, mostCards).map((value) => ({ kind: 'mac', value }));
}
