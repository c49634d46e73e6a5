import type { ReportedCard } from '../../../protocol/messages/hardware.js';
import type { RawId } from '../source.js';
import { idOf, significant, textOf } from './values.js';

// Ids of cards, from whichever source: the forms that they have, and those of them that tell cards apart.

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const gpuUuid = new RegExp(`^GPU-${uuid}$`, 'i');
/** Since drivers of 2021 a UUID of its own; before, that of its GPU with the numbers of both instances. */
const migUuid = new RegExp(`^MIG-(?:${uuid}|GPU-${uuid}/\\d{1,3}/\\d{1,3})$`, 'i');

/** Of NVIDIA's UUIDs. Null for what is absent, `N/A`, or masked: `GPU-????????-…` is also the driver's "not yet known". */
export function uuidFormOf(value: unknown): ReportedCard['uuidForm'] {
  const text = textOf(value);
  if (text === null) return null;
  const own = significant(text);
  if (own === '' || /[*?…_]|x{4}|\.\.\.|redacted/i.test(text)) return null;
  if (/^0+$/.test(own)) return 'zero';
  if (idOf(text) === null) return 'malformed';
  if (gpuUuid.test(text)) return 'gpu';
  return migUuid.test(text) ? 'mig' : 'malformed';
}

/** Null for what is absent, `N/A` or masked: cards for consumers have none. */
export function serialFormOf(value: unknown): ReportedCard['serialForm'] {
  const text = textOf(value);
  if (text === null || /[*?…_]|x{4}|\.\.\.|redacted/i.test(text)) return null;
  if (/^0+$/.test(significant(text))) return 'zero';
  return idOf(text) !== null && /^[0-9a-z-]{6,32}$/i.test(text) ? 'plain' : 'malformed';
}

/** AMD's number of a chip: sixteen digits. Many cards for consumers have none, or one of zeros. */
export function uniqueFormOf(value: unknown): ReportedCard['uuidForm'] {
  const text = textOf(value);
  if (text === null) return null;
  if (/^0+$/.test(significant(text))) return 'zero';
  return idOf(text) !== null && /^(?:0x)?[0-9a-f]{8,16}$/i.test(text) ? 'gpu' : null;
}

/** Those of the values that are ids. */
export const idsOf = (values: Readonly<Partial<Record<RawId['kind'], unknown>>>): RawId[] =>
  Object.entries(values).flatMap(([kind, value]) => {
    const id = idOf(value);
    return id === null ? [] : [{ kind: kind as RawId['kind'], value: id }];
  });
