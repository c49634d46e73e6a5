import type { Source } from './source.js';
import { container } from './sources/container.js';
import { cpuinfo } from './sources/cpuinfo.js';
import { dmi } from './sources/dmi.js';
import { hostKeys } from './sources/host-keys.js';
import { hypervisor } from './sources/hypervisor.js';
import { kernel } from './sources/kernel.js';
import { lsblk } from './sources/lsblk.js';
import { lscpu } from './sources/lscpu.js';
import { lspci } from './sources/lspci.js';
import { machineId } from './sources/machine-id.js';
import { meminfo } from './sources/meminfo.js';
import { mounts } from './sources/mounts.js';
import { network } from './sources/network.js';
import { nvidiaSmi } from './sources/nvidia-smi.js';
import { nvidiaSmiList } from './sources/nvidia-smi-list.js';
import { nvmlLibrary } from './sources/nvml-library.js';
import { preloadVariable } from './sources/preload-variable.js';
import { preloads } from './sources/preloads.js';
import { procNvidia } from './sources/proc-nvidia.js';
import { procNvidiaVersion } from './sources/proc-nvidia-version.js';
import { rocmSmi } from './sources/rocm-smi.js';
import { slicing } from './sources/slicing.js';
import { systemProfiler } from './sources/system-profiler.js';
import { windows } from './sources/windows.js';

/** All sources of a report, best first: where several know a value, the first wins. */
export const sources: readonly Source[] = [
  // Of cards: the driver's tools, then its files, then the bus.
  nvidiaSmi,
  nvidiaSmiList,
  rocmSmi,
  systemProfiler,
  procNvidia,
  lspci,
  procNvidiaVersion,
  nvmlLibrary,
  // Of the machine. A runtime's own traces tell more of a container than a word does, and that more than firmware's names.
  kernel,
  container,
  hypervisor,
  dmi,
  lscpu,
  cpuinfo,
  meminfo,
  lsblk,
  machineId,
  hostKeys,
  network,
  mounts,
  preloads,
  preloadVariable,
  slicing,
  windows,
];
