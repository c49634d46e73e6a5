import { describe, expect, it } from 'vitest';
import { known, reportWith } from '../testing/reports.js';
import { viewsOf } from '../view.js';
import { driverVersions, overlays, preloads } from './driver-files.js';

describe('mounts over the driver', () => {
  const count = (...mountsOverDriver: string[]) =>
    overlays(reportWith([], { mountsOverDriver }), known).length;

  it.each([
    '/proc/driver/nvidia tmpfs tmpfs',
    '/proc/driver/nvidia/params tmpfs tmpfs:/params',
    '/proc/driver/nvidia/gpus/0000:65:00.0 proc proc:/driver/nvidia/gpus/0000:65:00.0',
    '/usr/bin/nvidia-smi ext4 /dev/sda1:/usr/bin/nvidia-smi',
    '/usr/bin/nvidia-smi overlay overlay:/usr/bin/nvidia-smi',
    '/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1 btrfs /dev/sda2:/@/usr/lib64/libnvidia-ml.so.570.133.20',
    '/usr/local/nvidia/bin/nvidia-smi ext4 /dev/sda1:/home/*/bin/nvidia/bin/nvidia-smi',
    '/proc/cpuinfo fuse.lxcfs lxcfs:/proc/cpuinfo',
    'something that is no mount',
  ])('%s is what a container runtime makes', (mount) => expect(count(mount)).toBe(0));

  it.each([
    '/proc/driver/nvidia overlay overlay',
    '/proc/driver ext4 /dev/sda1:/x',
    '/proc/driver/nvidia/gpus/0000:65:00.0/information ext4 /dev/sda1:/x/information',
    '/usr/bin/nvidia-smi ext4 /dev/sda1:/opt/x/report.sh',
    '/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1 ext4 /dev/sda1:/opt/libmine.so.1',
    '/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1 tmpfs tmpfs:/tmp/libnvidia-ml.so.1',
    '/sys/bus/pci ext4 /dev/sda1:/pci',
  ])('%s is found', (mount) => expect(count(mount)).toBe(1));
});

describe("versions of the driver's parts", () => {
  const codes = (driver: string | null, host: Parameters<typeof reportWith>[1]) => {
    const report = reportWith([{ driver }], host);
    return driverVersions(report, viewsOf(report, null, known)).map(({ code }) => code);
  };
  const nvml = (version: string | null) => ({ version, sha256: null });

  it('are one', () => {
    expect(codes('570.133.20', { kernelDriver: '570.133.20', nvml: nvml('570.133.20') })).toEqual([]);
    expect(codes('570.133.20', { kernelDriver: '550.144.03' })).toEqual(['hardware.driver-differs']);
    expect(codes('570.133.20', { nvml: nvml('550.144.03') })).toEqual(['hardware.nvml-replaced']);
  });

  it('are not held against each other where one is not known, nor on Windows', () => {
    expect(codes(null, { nvml: nvml('550.144.03') })).toEqual([]);
    expect(codes('570.133.20', { kernelDriver: null, nvml: nvml(null) })).toEqual([]);
    expect(codes('596.49', { wsl: true, kernelDriver: '595.71.05', nvml: nvml('595.71.05') })).toEqual([]);
  });

  it('differ honestly after an update, when the tool says nothing until the restart', () => {
    const report = reportWith([], { kernelDriver: '550.144.03', nvml: nvml('550.163.01') });
    expect(driverVersions(report, viewsOf(report, null, known))).toMatchObject([
      { code: 'hardware.driver-differs', severity: 'note' },
    ]);
  });

  it('are found where two cards name two drivers', () => {
    const report = reportWith([{ driver: '570.133.20' }, { driver: '550.144.03' }]);
    expect(driverVersions(report, viewsOf(report, null, known)).map(({ code }) => code)).toEqual([
      'hardware.driver-differs',
    ]);
  });
});

describe('libraries in every program', () => {
  const severities = (...names: string[]) =>
    preloads(reportWith([], { preloads: names }), known).map(({ severity }) => severity);

  it('are evidence where their names are like the driver or like a mock', () => {
    expect(severities('libnvml_hook.so')).toEqual(['evidence']);
    expect(severities('libjemalloc.so.2', '/opt/x/libfakegpu.so')).toEqual(['evidence']);
  });

  it('are a note where nobody has listed them, and nothing where they are usual', () => {
    expect(severities('libbackupagent.so')).toEqual(['note']);
    expect(severities('libjemalloc.so.2', 'libfakeroot-sysv.so', 'libdlfaker.so')).toEqual([]);
    expect(severities('libvgpu.so')).toEqual([]);
  });
});
