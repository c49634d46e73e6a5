import { type DawnCard, findDawnCards } from './dawn.js';
import type { NvidiaGpu } from './nvidia-gpu.js';

/** For each card, variables by which a process sees it alone as a Vulkan device. */
export type Pins = ReadonlyMap<NvidiaGpu, Readonly<Record<string, string>>>;

/**
 * How to tell equal cards apart on Linux: Mesa's device-select layer, which works for any driver and is part of most
 * desktop and many server installations, shows a program the card at one place on the bus and no other. Where it is
 * not there, is too old or does not know the card, nothing changes for the program: so it is tried, and only a process
 * that then saw one card alone counts.
 *
 * @param find what Dawn sees in a process with these variables
 */
export async function findPins(
  nvidia: readonly NvidiaGpu[],
  dawn: readonly DawnCard[],
  find: (env: Readonly<Record<string, string>>) => Promise<DawnCard[]> = findDawnCards,
): Promise<Pins> {
  const pins = new Map<NvidiaGpu, Readonly<Record<string, string>>>();
  if (process.platform !== 'linux' || dawn.length < 2) return pins;
  await Promise.all(
    nvidia.map(async (card) => {
      // A slice's place is the whole GPU's.
      const place = card.pciBusId && !card.slice && mesaPlace(card.pciBusId);
      if (!place) return;
      // The mark at the end: this card only, not just this one first.
      const env = { DRI_PRIME: `${place}!` };
      const seen = await find(env);
      if (seen.length === 1 && seen[0]?.kind === 'gpu' && seen[0].chosen) pins.set(card, env);
    }),
  );
  return pins;
}

/** `pci-0000_65_00_0` of `00000000:65:00.0`: Mesa writes the domain with four digits. */
export function mesaPlace(pciBusId: string): string | undefined {
  const [, domain, bus, device, part] =
    /^0000([0-9a-f]{4}):([0-9a-f]{2}):([0-9a-f]{2})\.([0-7])$/.exec(pciBusId.toLowerCase()) ?? [];
  return domain && `pci-${domain}_${bus}_${device}_${part}`;
}
