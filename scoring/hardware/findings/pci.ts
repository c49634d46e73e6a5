import type { Finding } from '../../../protocol/messages/hardware.js';
import { finding } from '../finding.js';
import { chipOfId, chipsOfName, isListedName, namesOfId, sameName } from '../identity.js';
import type { KnownHardware } from '../known.js';
import type { CardView } from '../view.js';

/**
 * The name against the PCI id: both are listed, and not together. Where the id is not listed, the chip that such ids have has
 * to be of an architecture that the name's boards have. An id or a name that is not listed is no lie.
 */
export function pciAgainstName({ card, at, name, pci, isVgpu }: CardView, known: KnownHardware): Finding[] {
  if (pci === null || isVgpu) return [];
  const listed = namesOfId(known, pci);
  const evidence = { name: card.name, pci: `${pci.vendor}:${pci.device}` };
  const unlisted = listed.length === 0 || (name !== null && !isListedName(known, name));
  if (name !== null && contradicts())
    return [finding('hardware.pci-name-mismatch', 'evidence', at, evidence)];
  return unlisted ? [finding('hardware.pci-unlisted', 'note', at, evidence)] : [];

  function contradicts(): boolean {
    if (pci === null || name === null || !isListedName(known, name)) return false;
    if (listed.length > 0) return !listed.some((one) => sameName(one.name, name));
    const chip = chipOfId(known, pci);
    const chips = chipsOfName(known, name);
    return (
      chip !== null &&
      chips.length > 0 &&
      chips.every(({ architecture }) => architecture !== chip.architecture)
    );
  }
}

/** The driver's id against the bus' own. */
export function driverAgainstBus({ card: { pci, busPci }, at }: CardView): Finding[] {
  if (pci === null || busPci === null) return [];
  const same = pci.vendor === busPci.vendor && pci.device === busPci.device;
  const subs = [pci.subVendor, busPci.subVendor, pci.subDevice, busPci.subDevice];
  const sameBoard =
    subs.includes(null) || (pci.subVendor === busPci.subVendor && pci.subDevice === busPci.subDevice);
  if (same && sameBoard) return [];
  return [finding('hardware.pci-sources-differ', 'evidence', at, { driver: full(pci), bus: full(busPci) })];
}

const full = (ids: { vendor: string; device: string; subVendor: string | null; subDevice: string | null }) =>
  [ids.vendor, ids.device, ids.subVendor ?? '?', ids.subDevice ?? '?'].join(':');
