import { limits } from '../../../protocol/limits.js';
import type { RawCard, Source, SourceFacts } from '../source.js';
import { busOf, pciOf, textOf } from './values.js';

/** What the bus itself says: ids that no driver stands between. */
export const lspci: Source = {
  name: 'lspci',
  extension: 'txt',
  platforms: ['linux'],
  origins: [
    { command: ['lspci', '-nnvmm', '-D'] },
    { command: ['/usr/bin/lspci', '-nnvmm', '-D'] },
    { command: ['/usr/sbin/lspci', '-nnvmm', '-D'] },
  ],
  isOf: (text) => /^Slot:\s/m.test(text) && /^Class:\s/m.test(text),
  parse,
};

/** VGA compatible, 3D and other display controllers. */
const displays = new Set(['0300', '0302', '0380']);
/** Processing accelerators: the larger cards of AMD's are such. */
const accelerator = '1200';

/**
 * Who makes GPUs that compute: NVIDIA, AMD, Intel, Moore Threads. All other displays are a hypervisor's (VMware, QXL, virtio,
 * Hyper-V, Cirrus, bochs) or a management controller's (ASPEED, Matrox).
 */
const makers = new Set(['10de', '1002', '8086', '1ed5']);
/** ATI's chips on boards of servers, for their consoles. */
const consoles = new Set(['1002:515e', '1002:4752', '1002:5159']);

/** A machine has some hundred devices, with some ten lines each. */
const maxLines = 50_000;

function parse(text: string): SourceFacts | null {
  const records = recordsIn(text).filter((record) => record.has('Slot') && record.has('Class'));
  if (records.length === 0) return null;
  return { cards: records.flatMap((record) => cardOf(record) ?? []).slice(0, limits.cards) };
}

/** What stands between empty lines: `Name: value` lines, the first of each name. */
function recordsIn(text: string): ReadonlyMap<string, string>[] {
  const records = [new Map<string, string>()];
  for (const line of text.split('\n', maxLines)) {
    const [, name, value] = /^([A-Za-z]{1,32}):\s+(\S.{0,512})$/.exec(line.trimEnd()) ?? [];
    const record = records.at(-1);
    if (name !== undefined && value !== undefined && record?.has(name) === false) record.set(name, value);
    else if (line.trim() === '' && record?.size !== 0) records.push(new Map());
  }
  return records;
}

function cardOf(fields: ReadonlyMap<string, string>): RawCard | null {
  const id = (name: string): string | null => idIn(fields.get(name));
  const [kind, vendor, device] = [id('Class'), id('Vendor'), id('Device')];
  if (kind === null || vendor === null || !makers.has(vendor)) return null;
  if (!displays.has(kind) && !(kind === accelerator && vendor === '1002')) return null;
  if (consoles.has(`${vendor}:${device}`)) return null;
  const busPci = pciOf(vendor, device, id('SVendor'), id('SDevice'));
  return { name: nameIn(fields.get('Device')), bus: busOf(fields.get('Slot')), busPci, ids: [] };
}

/** `AD102 [GeForce RTX 4090] [2684]`: the last of its brackets; with `-n` there is nothing else. */
const idIn = (value: string | undefined): string | null =>
  /(?:^|\[)([0-9a-f]{4})\]?\s*$/i.exec(value ?? '')?.[1]?.toLowerCase() ?? null;

/** The name for buyers that its list puts in brackets behind the chip's, else the chip's; null where the list has none. */
function nameIn(value: string | undefined): string | null {
  const text = textOf(value?.replace(/\s*(?:^|\[)[0-9a-f]{4}\]?\s*$/i, ''));
  if (text === null || text === 'Device') return null;
  return textOf(/\[([^\]]+)\]\s*$/.exec(text)?.[1]) ?? text;
}
