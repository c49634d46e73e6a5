import { limits } from '../../../protocol/limits.js';
import type { RawCard, Source, SourceFacts } from '../source.js';
import { amdSmiCards } from './amd-smi.js';
import { idsOf, serialFormOf, uniqueFormOf } from './card-ids.js';
import { isObject, type JsonObject, readJson } from './json.js';
import { busOf, bytesToMiB, pciOf, textOf, wattsOf } from './values.js';

const questions = [
  '--showproductname',
  '--showid',
  '--showuniqueid',
  '--showserial',
  '--showmeminfo',
  'vram',
  '--showvbios',
  '--showdriverversion',
  '--showbus',
  '--showmaxpower',
  '--json',
] as const;

/** AMD's cards, by its tool or, where that is gone, by the one that follows it. */
export const rocmSmi: Source = {
  name: 'rocm-smi',
  extension: 'json',
  platforms: ['linux'],
  origins: [
    { command: ['rocm-smi', ...questions] },
    { command: ['/opt/rocm/bin/rocm-smi', ...questions] },
    { command: ['amd-smi', 'static', '--json'] },
    { command: ['/opt/rocm/bin/amd-smi', 'static', '--json'] },
  ],
  isOf: (text) =>
    /"card\d+"\s*:\s*\{/.test(text) || (/"asic"\s*:/.test(text) && /"market_name"\s*:/.test(text)),
  parse,
};

function parse(text: string): SourceFacts | null {
  const value = readJson(text);
  const cards = isObject(value) ? rocmSmiCards(value) : [];
  const found = cards.length > 0 ? cards : amdSmiCards(value);
  return found.length === 0 ? null : { cards: found.slice(0, limits.cards) };
}

function rocmSmiCards(report: JsonObject): RawCard[] {
  const driver = textOf(fieldsOf(report.system).get('driverversion'));
  return Object.entries(report)
    .filter(([key]) => /^card\d+$/.test(key))
    .slice(0, limits.cards)
    .map(([, card]) => cardOf(fieldsOf(card), driver));
}

/** Under names without case, blanks and signs, which versions write differently; the first of each. */
function fieldsOf(value: unknown): ReadonlyMap<string, unknown> {
  const fields = new Map<string, unknown>();
  for (const [key, field] of isObject(value) ? Object.entries(value) : []) {
    const name = key.toLowerCase().replace(/[^a-z0-9]/g, '');
    if (!fields.has(name)) fields.set(name, field);
  }
  return fields;
}

function cardOf(fields: ReadonlyMap<string, unknown>, driver: string | null): RawCard {
  const unique = fields.get('uniqueid');
  const serial = fields.get('serialnumber');
  const maxW = wattsOf(fields.get('maxgraphicspackagepowerw'));
  return {
    // Of these some versions give the id where others give a name.
    name: firstName(['cardseries', 'cardmodel', 'devicename'].map((name) => fields.get(name))),
    architecture: textOf(fields.get('gfxversion')),
    bus: busOf(fields.get('pcibus')),
    pci: pciOf(
      '1002',
      firstHex(['deviceid', 'gpuid', 'cardmodel'].map((name) => fields.get(name))),
      null,
      fields.get('subsystemid'),
    ),
    memoryMiB: bytesToMiB(fields.get('vramtotalmemoryb')),
    vbios: textOf(fields.get('vbiosversion')),
    driver,
    ...(maxW !== null && { power: { defaultW: null, minW: null, maxW, enforcedW: null } }),
    uuidForm: uniqueFormOf(unique),
    serialForm: serialFormOf(serial),
    ids: idsOf({ 'gpu-uuid': unique, 'gpu-serial': serial }),
  };
}

const hex = /^0x[0-9a-f]{1,4}$/i;

const firstName = (values: readonly unknown[]): string | null =>
  values.map(textOf).find((text) => text !== null && !hex.test(text)) ?? null;

const firstHex = (values: readonly unknown[]): string | null =>
  values.map(textOf).find((text) => text !== null && hex.test(text)) ?? null;
