import { access } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { type DawnCard, findDawnCards } from './dawn.js';

/** Where systems put the driver files of software Vulkan: SwiftShader of a Chromium, then Mesa's lavapipe. */
const driverFiles = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/lib/chromium-browser/vk_swiftshader_icd.json',
  '/usr/lib64/chromium-browser/vk_swiftshader_icd.json',
  '/opt/google/chrome/vk_swiftshader_icd.json',
  '/usr/share/vulkan/icd.d/lvp_icd.x86_64.json',
  '/usr/share/vulkan/icd.d/lvp_icd.aarch64.json',
  '/usr/share/vulkan/icd.d/lvp_icd.json',
];

export interface SoftwareDevice {
  readonly card: DawnCard;
  /** Makes a process see this device alone. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The first software Vulkan device that works here; null without one.
 *
 * @param seen what Dawn sees without help: there it may be already, chosen by the caller's `VK_ICD_FILENAMES`
 */
export async function findSoftwareDevice(seen: readonly DawnCard[]): Promise<SoftwareDevice | null> {
  const there = seen.find(usable);
  if (there) return { card: there, env: {} };
  for (const env of await environments()) {
    const card = (await findDawnCards(env)).find(usable);
    if (card) return { card, env };
  }
  return null;
}

/** Browsers bring a Vulkan loader too, for machines that have none. */
async function environments(): Promise<Record<string, string>[]> {
  const all: Record<string, string>[] = [];
  for (const file of driverFiles) {
    if (!(await exists(file))) continue;
    all.push({ VK_ICD_FILENAMES: file });
    const directory = dirname(file);
    const paths = [directory, process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter);
    if (await exists(join(directory, 'libvulkan.so.1')))
      all.push({ VK_ICD_FILENAMES: file, LD_LIBRARY_PATH: paths });
  }
  return all;
}

const usable = (card: DawnCard): boolean => card.kind === 'software' && card.chosen;

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
