import type { Finding } from '../../../protocol/messages/hardware.js';
import { finding } from '../finding.js';
import { chipOfId, chipsOfName, isListedName, namesOfId, nvidia, sameName } from '../identity.js';
import type { KnownChip, KnownHardware } from '../known.js';
import type { CardView } from '../view.js';

/** Chips that the card may have: one by its PCI id, several by its name. Each that is known has to agree. */
function chipsOf({ name, pci }: CardView, known: KnownHardware): KnownChip[][] {
  const byId = pci === null ? null : chipOfId(known, pci);
  const byName = name === null ? [] : chipsOfName(known, name);
  return [byId === null ? [] : [byId], byName].filter((chips) => chips.length > 0);
}

/** The architecture that the driver names, where it is one that is known, against that of the card. */
export function architectureAgainstCard(view: CardView, known: KnownHardware): Finding[] {
  const { card, at, isVgpu } = view;
  const said = known.architectures.find(({ name }) => plain(name) === plain(card.architecture))?.name;
  const agrees = chipsOf(view, known).every((chips) =>
    chips.some(({ architecture }) => architecture === said),
  );
  if (said === undefined || isVgpu || agrees) return [];
  return [
    finding('hardware.architecture-mismatch', 'evidence', at, {
      name: card.name,
      architecture: said,
      ...ids(view),
    }),
  ];
}

/** Drivers write `Ada Lovelace`, some tools `ada`. */
const plain = (architecture: string | null): string =>
  (architecture ?? '')
    .toLowerCase()
    .replace(/[^a-z]/g, '')
    .replace(/^ada$/, 'adalovelace');

/**
 * The family of the VBIOS, `95.02` of `95.02.3C.40.B1`, against the chip; where nobody has listed the second part, the first
 * one against the architecture.
 */
export function vbiosAgainstCard(view: CardView, known: KnownHardware): Finding[] {
  const { card, at, pci, isVgpu } = view;
  const [, family, part] = /^([0-9a-f]{2})\.([0-9a-f]{2})\./i.exec(card.vbios?.toLowerCase() ?? '') ?? [];
  if (isVgpu || family === undefined || (pci !== null && pci.vendor !== nvidia)) return [];
  const chip = known.chips.find(({ vbios }) => vbios.includes(`${family}.${part}`));
  const architecture = known.architectures.find(({ vbios }) => vbios.includes(family))?.name;
  const agrees = (one: KnownChip) =>
    one.vbios.length > 0 && chip !== undefined ? one.die === chip.die : one.architecture === architecture;
  if (architecture === undefined || chipsOf(view, known).every((chips) => chips.some(agrees))) return [];
  return [
    finding('hardware.vbios-mismatch', 'evidence', at, {
      name: card.name,
      vbios: `${family}.${part}`,
      of: chip?.die ?? architecture,
      ...ids(view),
    }),
  ];
}

/** A GPU part number, such as `2684-300-A1`, begins with the PCI id; numbers of boards have another form. */
export function partAgainstCard({ card, at, pci, name, isVgpu }: CardView, known: KnownHardware): Finding[] {
  const part = /^([0-9a-f]{4})-\d{3}[0-9a-z]?-[0-9a-z]{2}$/i.exec(card.partNumber ?? '')?.[1]?.toLowerCase();
  if (part === undefined || pci === null || pci.vendor !== nvidia || isVgpu || part === pci.device) return [];
  const listed = namesOfId(known, { ...pci, device: part });
  const chip = chipOfId(known, { ...pci, device: part });
  // Two ids of one model: nobody has said that boards never mix them.
  const ofSameModel =
    listed.length > 0
      ? namesOfId(known, pci).some((one) => listed.some((other) => sameName(one.name, other.name))) ||
        (name !== null && (!isListedName(known, name) || listed.some((one) => sameName(one.name, name))))
      : chip === null || chip.architecture === chipOfId(known, pci)?.architecture;
  if (ofSameModel) return [];
  return [finding('hardware.part-mismatch', 'evidence', at, { part, pci: pci.device })];
}

const ids = ({ pci }: CardView): { pci: string | null } => ({
  pci: pci === null ? null : `${pci.vendor}:${pci.device}`,
});

/**
 * Whether this branch of the driver was there before the architecture of the card or has dropped it, or is newer than all that are
 * listed: what that one runs nobody knows yet.
 */
export function driverAgainstCard(view: CardView, known: KnownHardware): Finding[] {
  const { card, at, pci } = view;
  const branch = Number(/^(\d{3,4})\.\d/.exec(card.driver ?? '')?.[1]);
  if (!(branch > 0) || (pci !== null && pci.vendor !== nvidia) || card.source === 'rocm-smi') return [];
  const of = chipsOf(view, known).map((chips) =>
    known.architectures.filter(({ name }) => chips.some(({ architecture }) => architecture === name)),
  );
  const first = Math.max(0, ...of.map((all) => Math.min(...all.map((one) => one.first))));
  const last = Math.min(
    ...of.map((all) => Math.max(...all.map((one) => one.last ?? Number.POSITIVE_INFINITY))),
  );
  const said = { name: card.name, driver: card.driver };
  if (branch < first) return [finding('hardware.driver-too-old', 'evidence', at, { ...said, first })];
  if (branch > known.newestBranch)
    return [
      finding('hardware.driver-new', 'note', at, { driver: card.driver, newestListed: known.newestBranch }),
    ];
  return branch > last ? [finding('hardware.driver-too-new', 'evidence', at, { ...said, last })] : [];
}
