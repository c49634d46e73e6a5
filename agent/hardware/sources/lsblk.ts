import type { Source, SourceFacts } from '../source.js';
import { describeDisk, diskId, mostDisks, worldWideName } from './disk.js';
import { isObject, objectsOf, readJson } from './json.js';
import { plainNumber } from './values.js';

/** Disks, with the names that the kernel knows them by. Below `/dev/disk/by-id` lie the same names as links. */
export const lsblk: Source = {
  name: 'lsblk',
  extension: 'txt',
  platforms: ['linux'],
  origins: [
    { command: ['lsblk', '-J', '-b', '-d', '-o', 'NAME,TYPE,SIZE,MODEL,SERIAL,WWN,TRAN'] },
    { command: ['ls', '/dev/disk/by-id'] },
  ],
  isOf: (text) => /^\s*\{\s*"blockdevices"\s*:/.test(text) || link.test(text),
  parse: (text) => {
    const table = readJson(text);
    if (isObject(table) && Array.isArray(table.blockdevices)) return ofDevices(table.blockdevices);
    return link.test(text) ? ofLinks(text) : null;
  },
};

/** A line of `ls`, long or short. */
const link = /(?:^|\s)(?:wwn-0x|nvme-eui\.)[0-9a-f]{16,}(?=\s|$)/m;

/** Made by software, or of no machine in particular. */
const unreal = /^(?:loop|ram|zram|dm-|md|nbd|sr|fd|drbd|zd)\d*/;

function ofDevices(devices: unknown): SourceFacts {
  const disks = objectsOf(devices)
    .filter(({ name, type }) => type === 'disk' && typeof name === 'string' && !unreal.test(name))
    // Zero bytes: a reader without a card in it.
    .filter(({ size, tran }) => plainNumber(size) > 0 && tran !== 'usb')
    .slice(0, mostDisks);
  return {
    host: { disks: disks.map(({ model, size }) => describeDisk(model, size)) },
    ids: disks.map(diskId).filter((id) => id !== null),
  };
}

function ofLinks(text: string): SourceFacts {
  const names = new Set([...text.matchAll(new RegExp(link, 'gm'))].map(([name]) => name.trim()));
  const ids = [...names].flatMap((name) => worldWideName(name.replace(/^nvme-/, '')) ?? []);
  return { ids: [...new Set(ids)].slice(0, mostDisks).map((value) => ({ kind: 'disk', value })) };
}
