import { limits } from '../../../protocol/limits.js';
import type { RawCard, Source, SourceFacts } from '../source.js';
import { idsOf, uuidFormOf } from './card-ids.js';
import { sectionsOf } from './headed.js';
import { busOf, textOf } from './values.js';

/** The driver's own file on each card: another witness than its tool, harder to replace. */
export const procNvidia: Source = {
  name: 'proc-nvidia',
  extension: 'txt',
  platforms: ['linux'],
  origins: [{ paths: '/proc/driver/nvidia/gpus/*/information' }],
  isOf: (text) => /^Model:\s/m.test(text) && /^(?:GPU UUID|Video BIOS|Bus Location):/m.test(text),
  parse,
};

function parse(text: string): SourceFacts | null {
  const headed = sectionsOf(text).slice(0, limits.cards);
  // Files may have been captured as they are, one behind the other.
  const bare = () => text.split(/^(?=Model:\s)/m, limits.cards).map((own) => ({ path: '', text: own }));
  const files = headed.length > 0 ? headed : bare();
  const cards = files.flatMap(({ path, text: own }) => cardOf(path, fieldsOf(own)) ?? []);
  return cards.length === 0 ? null : { cards };
}

/** `Name: value` lines, the first of each name. */
function fieldsOf(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split(/\r?\n/, 64)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).trim();
    if (name !== '' && !fields.has(name)) fields.set(name, line.slice(colon + 1));
  }
  return fields;
}

/** Null for a file of something else, and for a card that the driver leaves alone. */
function cardOf(path: string, fields: ReadonlyMap<string, string>): RawCard | null {
  const [model, uuid] = [fields.get('Model'), fields.get('GPU UUID')];
  if (model === undefined) return null;
  const excluded = fields.get('GPU Excluded') ?? fields.get('GPU Blacklisted') ?? fields.get('Blacklisted');
  if (excluded?.trim().toLowerCase() === 'yes') return null;
  const name = textOf(model);
  return {
    name,
    procName: name,
    bus: busOf(fields.get('Bus Location')) ?? busOf(path.split('/').at(-2)),
    vbios: vbiosOf(fields.get('Video BIOS')),
    uuidForm: uuidFormOf(uuid),
    ids: idsOf({ 'gpu-uuid': uuid }),
  };
}

/** `??.??.??.??.??` until the card is first used. */
const vbiosOf = (value: string | undefined): string | null => (value?.includes('?') ? null : textOf(value));
