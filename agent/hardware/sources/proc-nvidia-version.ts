import type { Source } from '../source.js';
import { textOf } from './values.js';

/** The version of the kernel module that is loaded: what the tool and the library say has to agree with it. */
export const procNvidiaVersion: Source = {
  name: 'proc-nvidia-version',
  extension: 'txt',
  platforms: ['linux'],
  origins: [{ path: '/proc/driver/nvidia/version' }],
  isOf: (text) => /^NVRM version:/m.test(text),
  parse: (text) => {
    const line = /^NVRM version:(.{0,512})/m.exec(text)?.[1];
    if (line === undefined) return null;
    // `NVIDIA UNIX x86_64 Kernel Module  535.129.03  …`, or `NVIDIA UNIX Open Kernel Module for x86_64  565.57.01  Release Build …`.
    const version = /\bKernel Module\b(?:\s+for\s+\S+)?\s+(\d+(?:\.\d+)+)/.exec(line)?.[1];
    return { host: { kernelDriver: textOf(version) } };
  },
};
