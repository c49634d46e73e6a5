import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where Debian's chromium package keeps SwiftShader, a Vulkan device in software. */
const chromium = '/usr/lib/chromium';
const libraryDirectories = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
];

/**
 * The environment in which Dawn finds a software Vulkan device, where this machine has one; empty where it has none.
 *
 * @param exists says whether a path is there
 */
export function softwareVulkan(
  env: NodeJS.ProcessEnv = process.env,
  exists: (path: string) => boolean = existsSync,
): NodeJS.ProcessEnv {
  const driver = join(chromium, 'vk_swiftshader_icd.json');
  if (!exists(driver)) return {};
  const loader = 'libvulkan.so.1';
  const hasLoader = libraryDirectories.some((directory) => exists(join(directory, loader)));
  if (hasLoader || !exists(join(chromium, loader))) return { VK_ICD_FILENAMES: driver };
  const paths = [chromium, ...(env.LD_LIBRARY_PATH ? [env.LD_LIBRARY_PATH] : [])];
  return { VK_ICD_FILENAMES: driver, LD_LIBRARY_PATH: paths.join(':') };
}
