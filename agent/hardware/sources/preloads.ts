import type { ReportedHost } from '../../../protocol/messages/hardware.js';
import type { Source } from '../source.js';
import { baseName } from './headed.js';
import { textOf } from './values.js';

/** Libraries that the linker loads into every program of this system. */
export const preloads: Source = {
  name: 'preloads',
  extension: 'txt',
  platforms: ['linux'],
  origins: [{ path: '/etc/ld.so.preload' }],
  isOf: (text) => isList(text) && /\.so(?![a-z])/.test(text),
  parse: (text) => (isList(text) ? { host: preloadsOf(pathsOf(text)) } : null),
};

/** Paths, and nothing else. */
const isList = (text: string): boolean => {
  const paths = pathsOf(text);
  return paths.length > 0 && paths.every((path) => /^(?:\/|[^/=]*\.so)/.test(path));
};

/** Limit of the messages. */
const mostLibraries = 64;

/** The paths of a list: between them stand spaces or colons. */
export const pathsOf = (text: string): string[] =>
  text
    .slice(0, 65_536)
    .replace(/#.*$/gm, '')
    .split(/[\s:]+/)
    .filter((path) => path !== '');

/** The names of the files, for the folders may name people. */
export function preloadsOf(paths: readonly string[]): Pick<ReportedHost, 'preloads' | 'slicing'> {
  const names = paths.map((path) => textOf(baseName(path))).filter((name) => name !== null);
  const libraries = [...new Set(names)].slice(0, mostLibraries);
  return { preloads: libraries, slicing: libraries.filter((name) => slicers.test(name)) };
}

/** Of HAMi, vgpu-manager, Tencent's vcuda and KubeShare: they answer for the driver with less than the card has. */
const slicers = /^lib(?:vgpu|vgpu-control|cuda-control|gemhook)\.so(?:\.|$)/;
