import type { PciIds, ReportedCard } from '../../protocol/messages/hardware.js';
import type { CardName } from '../catalogue/card-name.js';
import { readName } from '../catalogue/card-name.js';
import type { KnownChip, KnownHardware, KnownModel, KnownName } from './known.js';

/** Whether two names are of one model: equal words, and no two sizes that differ. */
export const sameName = (a: CardName, b: CardName): boolean =>
  a.words === b.words && (a.memoryGB === null || b.memoryGB === null || a.memoryGB === b.memoryGB);

/** Names by which drivers say that they know none: `Graphics Device`, or nothing but the maker. */
const nameless = new Set(['', 'device', 'unknown', 'controller']);

/** A name that says which model it is; null where it says nothing. */
export function tellingName(text: string | null): CardName | null {
  if (text === null) return null;
  const name = readName(text);
  return nameless.has(name.words) ? null : name;
}

/**
 * The name that a driver gives the card. Lists of the bus have names of their own, made from the very id that they would be
 * held against.
 */
export const driversName = ({ source, name }: ReportedCard): CardName | null =>
  source === 'lspci' ? null : tellingName(name);

/** Ids of the card on the bus: as its driver says, else as the bus does. */
export const idsOnBus = ({ pci, busPci }: ReportedCard): PciIds | null => pci ?? busPci;

/** Names that drivers give to boards with this device id, whatever their subsystem. */
export const namesOfId = ({ names }: KnownHardware, { vendor, device }: PciIds): KnownName[] =>
  names.filter((one) => one.vendor === vendor && one.device === device);

/** Whether anything is known under this name. */
export const isListedName = (known: KnownHardware, name: CardName): boolean =>
  known.names.some((one) => sameName(one.name, name)) || modelsOfName(known, name).length > 0;

export const modelsOfName = ({ models }: KnownHardware, name: CardName): KnownModel[] =>
  models.filter(({ names }) => names.some((one) => sameName(one, name)));

/** Models of the catalogue that the card may be: by its name and, where that leaves several, by its PCI id; without a name by that. */
export function modelsOf(known: KnownHardware, card: ReportedCard): KnownModel[] {
  const pci = idsOnBus(card);
  const name = driversName(card);
  const byId = (models: readonly KnownModel[]) =>
    models.filter(
      ({ devices, subDevice }) =>
        pci !== null && devices.includes(pci.device) && (subDevice === null || subDevice === pci.subDevice),
    );
  if (name === null) return byId(known.models);
  const named = modelsOfName(known, name);
  const narrowed = byId(named);
  return narrowed.length > 0 ? narrowed : named;
}

/** NVIDIA's chip that has this PCI id; null for other makers, and for ids outside of what is known. */
export function chipOfId({ chips }: KnownHardware, { vendor, device }: PciIds): KnownChip | null {
  const id = Number.parseInt(device, 16);
  if (vendor !== nvidia) return null;
  return chips.find(({ ids }) => ids.some(([from, to]) => id >= from && id <= to)) ?? null;
}

/** All chips that boards of this name have; none where the name is not known. */
export function chipsOfName(known: KnownHardware, name: CardName): KnownChip[] {
  const dies = modelsOfName(known, name).map(({ die }) => die);
  const listed = known.names.filter((one) => sameName(one.name, name)).map((one) => chipOf(known, one));
  return known.chips.filter((chip) => dies.includes(chip.die) || listed.includes(chip));
}

const chipOf = (known: KnownHardware, { vendor, device }: KnownName) =>
  chipOfId(known, { vendor, device, subVendor: null, subDevice: null });

export const nvidia = '10de';
