import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root directory. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Folders that are compiled into dist/, from the bottom of the house to its top. */
export const builtFolders = [
  'protocol',
  'challenges',
  'scoring',
  'verifier',
  'agent',
  'witness',
  'simulator',
  'demo',
  'cli',
];

/** Folders whose imports are checked: what is built, and what only tests and measures. */
export const checkedFolders = [...builtFolders, 'bench', 'test'].filter((folder) =>
  existsSync(join(root, folder)),
);

/**
 * Files below a folder, as paths relative to the root with forward slashes, sorted. Empty where the folder is missing.
 *
 * @param {string} folder relative to the root
 * @param {(path: string) => boolean} wanted
 */
export function filesBelow(folder, wanted = () => true) {
  const top = join(root, folder);
  if (!existsSync(top)) return [];
  return readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter(wanted)
    .sort();
}
