import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { RawId, Source, SourceFacts } from '../source.js';
import { container } from '../sources/container.js';
import { cpuinfo } from '../sources/cpuinfo.js';
import { dmi } from '../sources/dmi.js';
import { hostKeys } from '../sources/host-keys.js';
import { hypervisor } from '../sources/hypervisor.js';
import { kernel } from '../sources/kernel.js';
import { lsblk } from '../sources/lsblk.js';
import { lscpu } from '../sources/lscpu.js';
import { machineId } from '../sources/machine-id.js';
import { meminfo } from '../sources/meminfo.js';
import { mounts } from '../sources/mounts.js';
import { network } from '../sources/network.js';
import { nvmlLibrary } from '../sources/nvml-library.js';
import { preloadVariable } from '../sources/preload-variable.js';
import { preloads } from '../sources/preloads.js';
import { slicing } from '../sources/slicing.js';
import { windows } from '../sources/windows.js';

/** All sources of the machine around the cards. */
export const hostSources: readonly Source[] = [
  kernel,
  windows,
  dmi,
  hypervisor,
  lscpu,
  cpuinfo,
  meminfo,
  lsblk,
  container,
  mounts,
  machineId,
  hostKeys,
  network,
  preloads,
  preloadVariable,
  slicing,
  nvmlLibrary,
];

/** One machine's captures: made up, in the form that the tools print. */
export type Machine =
  | 'bare-metal'
  | 'passthrough-vm'
  | 'wsl2'
  | 'docker-nvidia'
  | 'kubernetes-hami'
  | 'ec2'
  | 'placeholders'
  | 'windows';

const folder = new URL('./host-captures/', import.meta.url);

export const machines = readdirSync(folder) as Machine[];

/** The capture of a source, by the name of its file. */
export const captureOf = (machine: Machine, { name, extension }: Source): string =>
  readFileSync(new URL(`${machine}/${name}.${extension}`, folder), 'utf8');

/** What a source says of a machine. */
export const read = (machine: Machine, source: Source): SourceFacts | null =>
  source.parse(captureOf(machine, source));

/** Values of one kind. */
export const valuesOf = (facts: SourceFacts | null, kind: RawId['kind']): string[] =>
  (facts?.ids ?? []).filter((id) => id.kind === kind).map(({ value }) => value);

/** All captures, with the names of their files. */
export const captures = machines.flatMap((machine) =>
  readdirSync(fileURLToPath(new URL(machine, folder))).map((file) => ({
    machine,
    file,
    text: readFileSync(new URL(`${machine}/${file}`, folder), 'utf8'),
  })),
);
