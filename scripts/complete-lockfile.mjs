// `npm run lock`: adds to package-lock.json the optional packages of other platforms that npm left out.
//
// npm forgets them where it could not fetch them or finds node_modules already there (npm/cli issue 4828), and then
// `npm ci` refuses the file, or installs no native part on the platforms that are missing. Only exact versions are added.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './folders.mjs';

const file = join(root, 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));

/** Where Node would find `name` from the package at `place`; undefined where the lock file has it nowhere. */
function placeOf(name, place) {
  for (let from = place; ; from = from.slice(0, Math.max(0, from.lastIndexOf('node_modules/') - 1))) {
    const candidate = `${from === '' ? '' : `${from}/`}node_modules/${name}`;
    if (candidate in lock.packages) return candidate;
    if (from === '') return undefined;
  }
}

/** What a native package's name says of where it runs, in npm's words: without it npm would try it everywhere. */
function platformOf(name) {
  const parts = name.split('/').at(-1).split('-');
  const os = parts.filter((part) => /^(android|darwin|freebsd|linux|openharmony|win32)$/.test(part));
  const cpu = parts.filter((part) => /^(arm|arm64|ia32|ppc64|riscv64|s390x|x64)$/.test(part));
  if (os.length !== 1 || cpu.length !== 1)
    throw new Error(`${name}: its name does not say which platform it is for`);
  const libc = parts.some((part) => part.startsWith('musl')) ? 'musl' : 'glibc';
  return { cpu, os, ...(parts.some((part) => /^(gnu|musl)/.test(part)) ? { libc: [libc] } : {}) };
}

const added = {};
for (const [place, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (placeOf(name, place) !== undefined) continue;
    if (!/^\d+\.\d+\.\d+[\w.-]*$/.test(version))
      throw new Error(`${name}: ${version} is not an exact version`);
    const dev = entry.dev ? { dev: true } : {};
    added[`node_modules/${name}`] = { version, ...dev, optional: true, ...platformOf(name) };
  }
}

const byPlace = ([a], [b]) => (a < b ? -1 : 1);
lock.packages = Object.fromEntries(Object.entries({ ...lock.packages, ...added }).sort(byPlace));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
for (const place of Object.keys(added)) process.stdout.write(`${place}\n`);
