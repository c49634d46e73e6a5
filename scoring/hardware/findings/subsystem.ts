import type { Finding } from '../../../protocol/messages/hardware.js';
import { finding } from '../finding.js';
import { namesOfId, sameName } from '../identity.js';
import type { KnownHardware } from '../known.js';
import type { CardView } from '../view.js';

/**
 * The subsystem against the name, where boards of several models share a device id (A2 and A16 are both 25b6). Only subsystems
 * that are listed are held against a name: makers of servers have their own.
 */
export function subsystemAgainstName(
  { card, at, name, pci, isVgpu }: CardView,
  known: KnownHardware,
): Finding[] {
  if (pci === null || pci.subDevice === null || name === null || isVgpu) return [];
  const boards = namesOfId(known, pci);
  const ofSubsystem = boards.filter(({ subDevice }) => subDevice === pci.subDevice);
  const named = boards.some((one) => sameName(one.name, name));
  if (!named || ofSubsystem.length === 0 || ofSubsystem.some((one) => sameName(one.name, name))) return [];
  return [
    finding('hardware.subsystem-mismatch', 'evidence', at, {
      name: card.name,
      pci: `${pci.vendor}:${pci.device}`,
      subsystem: pci.subDevice,
    }),
  ];
}
