// What the tests run against for real, and how to get it where it is missing.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** Where Chromium packages put the manifest of SwiftShader, a Vulkan device made of software. */
const swiftShaderManifests = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/lib/chromium-browser/vk_swiftshader_icd.json',
  '/usr/lib64/chromium-browser/vk_swiftshader_icd.json',
  '/opt/google/chrome/vk_swiftshader_icd.json',
];

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function onPath(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => isExecutable(join(folder, name)));
}

/** Asks the loader's cache, then the usual folders: a container may have no `ldconfig` on its path. */
function hasLibrary(name) {
  const cache = ['ldconfig', '/sbin/ldconfig'].map((command) =>
    spawnSync(command, ['-p'], { encoding: 'utf8' }),
  );
  if (cache.some(({ stdout }) => stdout?.includes(name))) return true;
  const folders = [
    '/lib',
    '/usr/lib',
    '/usr/lib64',
    '/usr/local/lib',
    '/usr/lib/x86_64-linux-gnu',
    '/usr/lib/aarch64-linux-gnu',
  ];
  return folders.some((folder) => existsSync(join(folder, name)));
}

/**
 * The manifest of a software Vulkan device; undefined where there is none. The caller's own is taken when it is
 * SwiftShader too: a real GPU has other limits, and tests are to find the same everywhere.
 */
export function softwareVulkan(env = process.env) {
  const chosen = (env.VK_ICD_FILENAMES ?? '').split(delimiter).filter((path) => path.includes('swiftshader'));
  return [...chosen, ...swiftShaderManifests].find(
    (manifest) => existsSync(manifest) && existsSync(join(dirname(manifest), 'libvk_swiftshader.so')),
  );
}

/** Debian packages of what is missing here; on macOS only Redis counts, for its GPU is Metal's real one. */
export function missingPackages(platform = process.platform) {
  const missing = onPath('redis-server') ? [] : ['redis-server'];
  if (platform !== 'linux') return missing;
  if (softwareVulkan() === undefined) missing.push('chromium');
  if (!hasLibrary('libvulkan.so.1')) missing.push('libvulkan1');
  return missing;
}

/** The command that installs packages on this system, or undefined where we know none. */
export function installCommand(packages, platform = process.platform) {
  if (platform === 'darwin') return 'brew install redis';
  if (platform === 'linux' && onPath('apt-get')) {
    return `apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  }
  return undefined;
}

/** How to become root without being asked anything: '' as root, 'sudo -n ' where that works, else undefined. */
export function rootPrefix() {
  if (process.getuid?.() === 0) return '';
  return onPath('sudo') && spawnSync('sudo', ['-n', 'true']).status === 0 ? 'sudo -n ' : undefined;
}
