import { describe, expect, it } from 'vitest';
import { read } from '../testing/host-sources.js';
import { mounts } from './mounts.js';

const over = (...rows: string[]) => mounts.parse(`${rows.join('\n')}\n`)?.host?.mountsOverDriver;

describe('mounts', () => {
  it('over nothing of the driver are not told', () => {
    expect(read('bare-metal', mounts)).toEqual({ host: { mountsOverDriver: [] } });
  });

  it('of a container runtime show its file systems, and what was bound from where', () => {
    expect(read('docker-nvidia', mounts)?.host).toEqual({
      container: 'docker',
      mountsOverDriver: [
        '/proc/driver/nvidia tmpfs tmpfs',
        '/proc/driver/nvidia/gpus/0000:65:00.0 proc proc:/driver/nvidia/gpus/0000:65:00.0',
        '/usr/bin/nvidia-smi ext4 /dev/sda2:/usr/bin/nvidia-smi',
        '/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.550.144.03 ext4 /dev/sda2:/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.550.144.03',
        '/usr/lib/x86_64-linux-gnu/libcuda.so.550.144.03 ext4 /dev/mapper/*:/usr/lib/x86_64-linux-gnu/libcuda.so.550.144.03',
      ],
    });
  });

  it('of an overlay, and of a file that was put elsewhere, are told apart from those', () => {
    expect(
      over(
        '9 1 0:50 / /proc/driver/nvidia rw,relatime - overlay overlay rw,lowerdir=/x',
        '10 1 8:1 /home/alice/fake/smi /usr/bin/nvidia-smi rw shared:3 master:1 - ext4 /dev/sda1 rw',
        '11 1 0:51 / /proc/cpuinfo rw - fuse.lxcfs lxcfs rw',
        '12 1 0:52 /dmi /sys/class/dmi/id rw - nfs4 nas.alice.example:/export/alice rw',
        '13 1 0:53 / /proc/driver/nvidia-uvm rw - tmpfs tmpfs rw',
        '14 1 0:54 / /proc/driver rw - tmpfs tmpfs rw',
      ),
    ).toEqual([
      '/proc/driver/nvidia overlay overlay',
      '/usr/bin/nvidia-smi ext4 /dev/sda1:/home/*/fake/smi',
      '/proc/cpuinfo fuse.lxcfs lxcfs',
      '/sys/class/dmi/id nfs4 *:/dmi',
      '/proc/driver tmpfs tmpfs',
    ]);
  });

  it('have their escaped blanks read, and ids of containers cut', () => {
    const id = '0f'.repeat(32);
    expect(over(`9 1 8:1 /a\\040b/${id}/smi /opt/my\\040tools/nvidia-smi rw - ext4 /dev/sda1 rw`)).toEqual([
      '/opt/my tools/nvidia-smi ext4 /dev/sda1:/a b/*/smi',
    ]);
  });

  it('too long to send keep the name of the file', () => {
    const file = '/usr/lib/nvidia/very/deep/folders/of/x86_64/libcuda.so.570.133.20';
    expect(over(`9 1 8:1 ${file} ${file} ro - ext4 /dev/nvme0n1p2 rw`)).toEqual([
      `${file} ext4 /dev/nvme0n1p2:/usr/lib/…/libcuda.so.570.133.20`,
    ]);
  });

  it('of a pod, of podman and of WSL2 say so', () => {
    expect(read('kubernetes-hami', mounts)?.host?.container).toBe('kubernetes');
    expect(read('wsl2', mounts)?.host).toEqual({ mountsOverDriver: [], wsl: true });
    const bound = `/var/lib/containers/storage/overlay-containers/${'ab'.repeat(32)}/userdata/hosts`;
    expect(mounts.parse(`9 1 8:1 ${bound} /etc/hosts rw - ext4 /dev/sda1 rw\n`)?.host?.container).toBe(
      'podman',
    );
  });

  it('of Tencent’s manager show parts of cards, and whole ones not', () => {
    const mounted = (folder: string) =>
      mounts.parse(`9 1 8:1 /etc/gpu-manager/vdriver/${folder} /usr/local/nvidia ro - ext4 /dev/sda1 rw\n`)
        ?.host?.slicing;
    expect(mounted('nvidia')).toEqual(['vdriver/nvidia']);
    expect(mounted('origin')).toBeUndefined();
  });
});
