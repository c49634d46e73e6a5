import { limits } from '../../../protocol/limits.js';
import type { PciIds } from '../../../protocol/messages/hardware.js';

// What sources print, made into values that fit the messages. Whatever says "not known" becomes null: never a zero, never text.

/** In lower case, without brackets around them. */
const unknownWords = new Set([
  '',
  'n/a',
  'na',
  'none',
  'null',
  'undefined',
  'unknown',
  'err!',
  'error',
  'not available',
  'unavailable',
  'not applicable',
  'not supported',
  'not present',
  'not provided',
  'not specified',
  'not set',
  'not settable',
  'not found',
  'reset required',
  'redacted',
  'removed',
  'hidden',
  'masked',
  'anonymized',
  'anonymised',
  'blanked',
  'to be filled by o.e.m.',
  'to be filled by oem',
  'default string',
  'o.e.m.',
  'oem',
  'empty',
  'invalid',
]);

/** How a driver says in place of a value that it has none. */
const failures =
  /^(?:unknown error|requested functionality|gpu (?:is lost|requires reset|access blocked)|function not found|insufficient|driver not loaded|driver\/library|not (?:supported|available|found)|no permission|unable to|failed to|permission denied)\b/;

/** What firmware has where nobody wrote the machine's own, in lower case. */
const placeholders = new Set([
  'serial',
  'serial number',
  'serialnumber',
  'system serial number',
  'chassis serial number',
  'base board serial number',
  'baseboard serial number',
  'board serial number',
  'system manufacturer',
  'system product name',
  'system version',
  'system uuid',
  'default',
  'uninitialized',
  'type2 - board serial number',
  'chassis-serial',
  'asset-1234567890',
]);

/** UUIDs that boards of several makers share, without their dashes. */
const sharedUuids = new Set([
  '03000200040005000006000700080009',
  '00020003000400050006000700080009',
  '1234567812345678900abcddeeffaabbcc',
  '123456781234567890abcddeeffaabbcc',
  '12345678123456789012345678901234',
  '4c4c4544000000102030405060708090',
]);

/** Never throws, as `Number` does of an object that hides its own text. @returns NaN for anything but numbers and their text */
export const plainNumber = (value: unknown): number =>
  typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;

/**
 * One line of text as it fits the messages: without control characters, at most `limits.textLength` long.
 *
 * @returns null for anything but text, and for the words by which tools say that they don't know
 */
export function textOf(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const text = String(value)
    .slice(0, 16 * limits.textLength)
    // What ends a line, or moves to the next stop, stands between words; what is dropped then does not.
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '')
    .replace(/ {2,}/g, ' ')
    .trim();
  const plain = bare(text);
  if (unknownWords.has(plain) || failures.test(plain) || !/[\p{L}\p{N}]/u.test(text)) return null;
  return cut(text, limits.textLength);
}

/** `[N/A]`, `<unknown>` and `(none)` without what is around them. */
const bare = (text: string): string => text.replace(/^[[<(]\s*|\s*[\])>]$/g, '').toLowerCase();

/** Not within a pair of surrogates. */
const cut = (text: string, length: number): string =>
  text.length <= length
    ? text
    : text
        .slice(0, length)
        .replace(/[\ud800-\udbff]$/, '')
        .trimEnd();

/** A whole number above zero, with or without a unit behind it: `24564 MiB`. Parts of one are dropped. */
export function countOf(value: unknown): number | null {
  const number = numberOf(value);
  return number === null || number < 1 || number > 1e9 ? null : Math.floor(number);
}

/** A count of bytes, as a number or as its digits, in whole MiB. */
export const bytesToMiB = (value: unknown): number | null => {
  const bytes = numberOf(value);
  return bytes === null ? null : countOf(bytes / 2 ** 20);
};

/** Watts above zero: `450.00 W`. */
export function wattsOf(value: unknown): number | null {
  const number = numberOf(value);
  const rounded = number === null ? 0 : Math.round(number * 100) / 100;
  return rounded > 0 && rounded <= 1e5 ? rounded : null;
}

/** A number at the beginning of a text, followed by nothing but a unit. */
function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || value.length > limits.textLength) return null;
  const digits = /^\s*(\d+(?:\.\d+)?)\s*(?:[a-z%][a-z%()/ ]*)?$/i.exec(value)?.[1];
  return digits === undefined ? null : Number(digits);
}

/**
 * A value that tells one machine, or one card, from another.
 *
 * @returns null for what many share: blanks, zeros, placeholders of firmware, ids that a publisher masked
 */
export function idOf(value: unknown): string | null {
  const text = textOf(value);
  if (text === null || placeholders.has(text.toLowerCase())) return null;
  // Masked in part: what is left could be anybody's.
  if (/[*…]|\.\.\.|x{4}|_{3}|\?{2}|\bredacted\b/i.test(text)) return null;
  const own = significant(text);
  if (own.length < 4 || repeats(own) || sharedUuids.has(own) || counting(own)) return null;
  return text;
}

/** Letters and digits, without what all ids of a kind begin with. */
export const significant = (text: string): string =>
  text
    .toLowerCase()
    .replace(/^(?:mig-)?(?:gpu-|mig-|0x)/, '')
    .replace(/[^\p{L}\p{N}]/gu, '');

/** One character, or one pair, over and over. */
const repeats = (text: string): boolean => /^(.{1,2}?)\1*$/su.test(text);

/** `123456789`, `0123456789ABCDEF`: somebody ran a finger along the keys. */
const counting = (text: string): boolean => /^(?:0?123456789|1234567812345678|abcdefgh)/.test(text);

/** `0000:65:00.0` of however a source writes a place on the PCI bus; null where it is none. */
export function busOf(value: unknown): string | null {
  const text = textOf(value);
  const parts = text && /^(?:([0-9a-f]{1,8}):)?([0-9a-f]{1,2}):([0-9a-f]{1,2})(?:\.([0-7]))?$/i.exec(text);
  if (!parts) return null;
  const [, domain = '0', bus = '0', device = '0', unit = '0'] = parts;
  const hex = (digits: string, width: number) =>
    Number.parseInt(digits, 16).toString(16).padStart(width, '0');
  return `${hex(domain, 4)}:${hex(bus, 2)}:${hex(device, 2)}.${unit}`;
}

/** Four digits of hexadecimal, lower case, with or without `0x`; null for `0000` and `ffff`, which are nobody's. */
export function hex4Of(value: unknown): string | null {
  const text = textOf(value)?.toLowerCase().replace(/^0x/, '');
  return text && /^[0-9a-f]{1,4}$/.test(text) && !/^(?:0+|ffff)$/.test(text) ? text.padStart(4, '0') : null;
}

/** Ids of a PCI function of its four parts; null without vendor or device. */
export function pciOf(
  vendor: unknown,
  device: unknown,
  subVendor: unknown,
  subDevice: unknown,
): PciIds | null {
  const [vendorId, deviceId] = [hex4Of(vendor), hex4Of(device)];
  if (vendorId === null || deviceId === null) return null;
  const subVendorId = hex4Of(subVendor);
  // Some boards' own number is 0000; without a maker it says nothing.
  const subDeviceId = hex4Of(subDevice) ?? (subVendorId === null ? null : zeroOf(subDevice));
  return { vendor: vendorId, device: deviceId, subVendor: subVendorId, subDevice: subDeviceId };
}

const zeroOf = (value: unknown): string | null =>
  /^(?:0x)?0{1,4}$/.test(String(value).trim()) ? '0000' : null;
