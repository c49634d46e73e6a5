import { existsSync } from 'node:fs';

const icd = '/usr/lib/chromium/vk_swiftshader_icd.json';

/**
 * Gives this process (and its children) a Vulkan device in software, exact and slow, so that WebGPU runs where no GPU
 * is. To be called before anything loads Vulkan. One that the caller has chosen stays; systems other than Linux have a GPU
 * of their own without Vulkan.
 * @throws Error with the command that installs it
 */
export function useSoftwareVulkan(): void {
  const chosen = process.env.VK_ICD_FILENAMES?.includes('swiftshader') === true;
  if (chosen || process.platform !== 'linux') return;
  if (!existsSync(icd)) {
    throw new Error('No software Vulkan for the tests. Run: apt-get install -y chromium libvulkan1');
  }
  process.env.VK_ICD_FILENAMES = icd;
}
