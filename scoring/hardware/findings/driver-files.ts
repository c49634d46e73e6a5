import type { Finding } from '../../../protocol/messages/hardware.js';
import { finding } from '../finding.js';
import type { KnownHardware } from '../known.js';
import type { CardView, ReadReport } from '../view.js';

/**
 * What is mounted over the driver's own places: `mount-point type source:root`. Container runtimes put a tmpfs on the driver's
 * folder in /proc, and single files of the host over files of the same name; anything else can answer for the driver.
 */
export function overlays({ host }: Pick<ReadReport, 'host'>, { software }: KnownHardware): Finding[] {
  const odd = host.mountsOverDriver.filter((mount) => !isHonest(mount, software.onProc));
  if (odd.length === 0) return [];
  return [
    finding('hardware.driver-overlaid', 'evidence', null, { mount: odd[0] ?? null, mounts: odd.length }),
  ];
}

function isHonest(mount: string, onProc: readonly string[]): boolean {
  const [, point, type = '', origin = ''] = /^(\S+) (\S+) (.*)$/.exec(mount) ?? [];
  if (point === undefined) return true;
  if (/^\/proc\/driver(?:\/|$)/.test(point)) return onProc.includes(type);
  if (/^\/sys\/(?:bus\/pci|devices\/pci)/.test(point)) return type === 'sysfs' || type.startsWith('fuse');
  const root = /:(\/.*)$/.exec(origin)?.[1];
  if (!tools.test(baseOf(point)) || root === undefined) return true;
  return stemOf(baseOf(root)) === stemOf(baseOf(point)) && !/^\/(?:tmp|var\/tmp|dev\/shm)\//.test(root);
}

/** The driver's tool and libraries; other places that may be mounted over are the machine's, not the driver's. */
const tools = /^nvidia-smi$|^lib(?:nvidia-ml|cuda)\.so/;
const baseOf = (path: string): string => path.split('/').at(-1) ?? path;
/** `libnvidia-ml` of `libnvidia-ml.so.570.195.03`: a library's name may be bound without its version. */
const stemOf = (file: string): string => file.replace(/\.so(?:\..*)?$/, '.so');

/** Versions of the driver's parts: the library refuses a kernel module of another version, so that all are the same. */
export function driverVersions({ host }: Pick<ReadReport, 'host'>, views: readonly CardView[]): Finding[] {
  // On Windows' driver the tools and libraries of Linux have numbers of their own.
  if (host.wsl) return [];
  const found: Finding[] = [];
  const ofTool = views.filter(({ card }) => card.source === 'nvidia-smi').map(({ card }) => card.driver);
  const tool = [...new Set(ofTool.flatMap(versionOf))];
  const kernel = versionOf(host.kernelDriver);
  const answering = new Set([...tool, ...kernel]);
  if (answering.size > 1)
    found.push(
      finding('hardware.driver-differs', 'evidence', null, {
        tool: tool.join(', ') || null,
        kernel: kernel[0] ?? null,
      }),
    );
  const [library] = versionOf(host.nvml?.version ?? null);
  if (library === undefined || answering.size === 0 || answering.has(library)) return found;
  // After an update the library is newer than the module until the restart, and its tool says nothing.
  if (tool.length === 0)
    found.push(finding('hardware.driver-differs', 'note', null, { library, kernel: kernel[0] ?? null }));
  else
    found.push(
      finding('hardware.nvml-replaced', 'evidence', null, { library, driver: kernel[0] ?? tool[0] ?? null }),
    );
  return found;
}

const versionOf = (text: string | null): string[] => {
  const version = /^\d{3,4}(?:\.\d+)+$/.exec(text?.trim() ?? '')?.[0];
  return version === undefined ? [] : [version];
};

/**
 * Libraries in every program: evidence where the name is like the driver's or like a mock's, worth a word else. Those that
 * give shares of a GPU are another finding's.
 */
export function preloads({ host }: Pick<ReadReport, 'host'>, { software }: KnownHardware): Finding[] {
  const slicers = [...software.slicers.hooks, ...software.slicers.sharers];
  const isUsual = (name: string) => software.harmless.some((beginning) => name.startsWith(beginning));
  const isDriverLike = (name: string) =>
    software.driverLike.some((word) => name.toLowerCase().includes(word));
  const names = host.preloads.map(baseOf).filter((name) => !slicers.includes(name) && !isUsual(name));
  const driverLike = names.filter(isDriverLike);
  const evidence = (libraries: readonly string[]) => ({
    library: libraries[0] ?? null,
    libraries: libraries.length,
  });
  if (driverLike.length > 0) return [finding('hardware.preloaded', 'evidence', null, evidence(driverLike))];
  return names.length > 0 ? [finding('hardware.preloaded', 'note', null, evidence(names))] : [];
}
