import type { ReportedHost } from '../../../protocol/messages/hardware.js';
import type { RawId } from '../source.js';
import { countOf, idOf, plainNumber, textOf } from './values.js';

/** Disks that a machine may have: limit of the messages. */
export const mostDisks = 64;

/** What hypervisors, clouds and boxes for disks write where they have no serial: the same for all. */
const sharedSerial =
  /^(?:QM\d+$|drive-|vmware[ _]nvme|beaf\d+$|deadbeef|disk-?\d*$|\d{1,4}$|DD56419883|DB9876543214E|ABCDEF0123456789)/i;

/** Disks of Google's cloud: as serial they have the name that their owner gave them. */
const namedByOwner = /^(?:PersistentDisk|EphemeralDisk|nvme_card)/i;

/** A disk as tools describe it. */
export interface DescribedDisk {
  readonly model?: unknown;
  readonly serial?: unknown;
  readonly wwn?: unknown;
}

/** What tells one disk from another: its world-wide name, else its serial. */
export function diskId({ model, serial, wwn }: DescribedDisk): RawId | null {
  const value = worldWideName(wwn) ?? (namedByOwner.test(textOf(model) ?? '') ? null : serialOf(serial));
  return value === null ? null : { kind: 'disk', value };
}

/** Digits alone: systems write `0x5002…`, `naa.5002…`, `eui.0025…`, `wwn-0x5002…` for one name. */
export function worldWideName(wwn: unknown): string | null {
  const digits = textOf(wwn)
    ?.toLowerCase()
    .replace(/^(?:wwn-)?(?:0x|naa\.|eui\.|uuid\.)?/, '');
  // The kernel makes `nvme.…` up of the serial where a disk has no name; zeros at the end are a maker's number alone.
  return digits && /^[0-9a-f-]{16,36}$/.test(digits) && !/0{8}$/.test(digits) ? idOf(digits) : null;
}

function serialOf(serial: unknown): string | null {
  const text = idOf(serial);
  return text === null || sharedSerial.test(text) ? null : text;
}

/** @param bytes null where the source doesn't say */
export const describeDisk = (model: unknown, bytes: unknown): ReportedHost['disks'][number] => ({
  model: textOf(typeof model === 'string' ? model.replaceAll('_', ' ') : null),
  gigabytes: countOf(plainNumber(bytes) / 1e9),
});
